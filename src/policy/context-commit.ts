/**
 * How writes to the shared context are taken in. What is written is brought together with what others have written meanwhile; where that
 * cannot be done, nothing of it is taken in, and the conflict is told. A key that was read and has changed since is always told.
 */
import type { Json, JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import type { MergeConflict } from './merge-conflict.ts';
import { advance, type ContextView, keyOf, NEVER, type NewValue, type SharedContext, snapshotOf } from './shared-context.ts';
import { mergeThreeWays } from './three-way-merge.ts';

/** A key that two have written differently. */
export interface KeyConflict {
  readonly key: string;
  /** What both came from; `undefined`: there was no value. */
  readonly base: Json | undefined;
  /** As it stands in the context. */
  readonly theirs: Json | undefined;
  /** As it was to be written. */
  readonly ours: Json | undefined;
  /** Who wrote theirs. */
  readonly theirsBy: string | null;
  /** Where exactly they disagree. */
  readonly inner: readonly MergeConflict[];
}

/** A key that somebody read and that is not what it was. */
export interface StaleRead {
  readonly key: string;
  readonly seen: number;
  readonly now: number;
  /** Who changed it last. */
  readonly by: string | null;
}

/** What somebody leaves when done. */
export interface ContextWrite {
  /** Path of the step. */
  readonly by: string | null;
  /** Ms since the epoch. */
  readonly at: number;
  readonly view: ContextView;
  /** New values by key. */
  readonly writes: JsonObject;
  /** Keys that the work was based on; those written may be among them. */
  readonly reads: readonly string[];
}

/** What came of a write. With conflicts nothing was changed, of any key. */
export interface CommitResult {
  readonly context: SharedContext;
  /** Keys with a new value. */
  readonly updated: readonly string[];
  /** Those of them that others had changed meanwhile. */
  readonly merged: readonly string[];
  readonly conflicts: readonly KeyConflict[];
  /** Told in any case. A key that was read, changed by others, and merged is not among them: what was read is in the merge. */
  readonly stale: readonly StaleRead[];
}

/** Takes writes in, all or none. What others changed meanwhile is merged three ways over what the writer had seen. */
export function commit(context: SharedContext, write: ContextWrite): CommitResult {
  return take(context, write, new Set());
}

/**
 * Takes in what a conflict was settled with: `values` by key, with the rest of what the writer left, if any. `over` is what those who
 * settled it had seen of these keys (default: what is there now); changes since are merged, and may be a conflict again.
 */
export function commitResolved(
  context: SharedContext,
  settled: Partial<ContextWrite> & Pick<ContextWrite, 'by' | 'at'> & { readonly values: JsonObject; readonly over?: ContextView },
): CommitResult {
  const keys = Object.keys(settled.values);
  const over = settled.over ?? snapshotOf(context, keys, []).view;
  const view = settled.view ?? over;
  const write: ContextWrite = {
    by: settled.by,
    at: settled.at,
    view: { version: view.version, keys: { ...view.keys, ...over.keys } },
    writes: { ...settled.writes, ...settled.values },
    reads: settled.reads ?? [],
  };
  return take(context, write, new Set(keys));
}

function take(context: SharedContext, { by, at, view, writes, reads }: ContextWrite, resolved: ReadonlySet<string>): CommitResult {
  const conflicts: KeyConflict[] = [];
  const values: NewValue[] = [];
  const written = new Set<string>();
  for (const [key, ours] of Object.entries(writes)) {
    if (ours === undefined) continue;
    const [seen, now] = [seenIn(view, key), keyOf(context, key)];
    const unseen = seen.version !== now.version;
    // Handing back what one was given is no change: what others made of it stands, and what was read of it is stale.
    if (unseen && !resolved.has(key) && sameJson(ours, seen.value)) continue;
    const { value, conflicts: inner } = unseen ? mergeThreeWays(seen.value, now.value, ours) : { value: ours, conflicts: [] };
    if (inner.length > 0) conflicts.push({ key, base: seen.value, theirs: now.value, ours, theirsBy: now.by, inner });
    else written.add(key);
    if (!sameJson(value, now.value)) values.push({ key, value, how: resolved.has(key) ? 'resolved' : unseen ? 'merged' : 'set' });
  }
  const stale = reads.flatMap((key) => {
    const [seen, now] = [seenIn(view, key).version, keyOf(context, key)];
    return seen === now.version || written.has(key) ? [] : [{ key, seen, now: now.version, by: now.by }];
  });
  if (conflicts.length > 0) return { context, updated: [], merged: [], conflicts, stale };
  const merged = values.filter(({ key }) => seenIn(view, key).version !== keyOf(context, key).version);
  return {
    context: advance(context, { by, at, basedOn: view.version }, values),
    updated: values.map(({ key }) => key),
    merged: merged.map(({ key }) => key),
    conflicts,
    stale,
  };
}

const seenIn = (view: ContextView, key: string): ContextView['keys'][string] =>
  (Object.hasOwn(view.keys, key) ? view.keys[key] : undefined) ?? NEVER;
