/**
 * The shared context of a run: values by key, with the whole story of how they came to be.
 *
 * It is immutable: every function gives a new context and leaves the old one as it was, so that keeping one is a checkpoint. Whoever works
 * with it sees the values of one moment (a view); how writes are taken in is in `context-commit.ts`.
 */
import type { Patch } from 'immer';
import { isForbiddenName } from '../definition/own-data.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import type { ContextSnapshot } from '../protocol/task.ts';
import { AppendLog } from './append-log.ts';
import { patchValue } from './value-patches.ts';

/** How a key came by its value: written over what the writer had seen; brought together; settled after a conflict; taken back. */
export type ChangeKind = 'set' | 'merged' | 'resolved' | 'reset';

/** One change of one key. */
export interface ContextChange {
  /** The version of the context that it made. */
  readonly version: number;
  readonly key: string;
  /** Path of the step; null for what the run began with or took back itself. */
  readonly by: string | null;
  /** Ms since the epoch. */
  readonly at: number;
  readonly how: ChangeKind;
  /** Immer patches of the key's value; paths within the value, empty for the whole. */
  readonly patches: readonly Patch[];
  /** The version that the writer had seen. */
  readonly basedOn: number;
}

/** A key as it stands. */
export interface SharedKey {
  /** `undefined`: no value (any more). */
  readonly value: Json | undefined;
  /** The version of the context that changed it last. */
  readonly version: number;
  readonly by: string | null;
  readonly at: number;
}

/** All keys at one version, and all changes that led there, oldest first. */
export interface SharedContext {
  /** Counts what was taken in: each commit that changes anything is one version more. */
  readonly version: number;
  readonly keys: Readonly<Record<string, SharedKey>>;
  readonly changes: AppendLog<ContextChange>;
}

/** What somebody has seen of a context: the base on which their writes are merged. Version 0: the key had never had a value. */
export interface ContextView {
  readonly version: number;
  readonly keys: Readonly<Record<string, { readonly version: number; readonly value: Json | undefined }>>;
}

/** A context with its first values: version 1, or 0 without any. Throws DEFINITION_INVALID for a key that may not be one. */
export function openContext(initial: JsonObject, at: number): SharedContext {
  const empty: SharedContext = { version: 0, keys: {}, changes: AppendLog.empty() };
  const writes = Object.entries(initial).map(([key, value]) => ({ key, value, how: 'set' as const }));
  return advance(empty, { by: null, at, basedOn: 0 }, writes);
}

/** What a step sees of the context as it stands: the view its writes will be merged on, and the snapshot its agent is given. */
export function snapshotOf(
  context: SharedContext,
  reads: readonly string[],
  writes: readonly string[],
): { view: ContextView; snapshot: ContextSnapshot } {
  const { version } = context;
  const seen = [...new Set([...reads, ...writes])].map((key) => [key, keyOf(context, key)] as const);
  return {
    view: { version, keys: Object.fromEntries(seen.map(([key, now]) => [key, { version: now.version, value: now.value }])) },
    snapshot: { version, values: Object.fromEntries(seen.map(([key, { value }]) => [key, value ?? null])), writable: [...writes] },
  };
}

/**
 * Takes back what has changed since a checkpoint, an earlier context of the same run: of all keys, or of `keys` only. Versions grow on, so
 * that whoever has seen what is taken back is told; `by`: path of what is reset, default null.
 */
export function resetTo(
  context: SharedContext,
  checkpoint: SharedContext,
  at: number,
  { by = null, keys = Object.keys(context.keys) }: { readonly by?: string | null; readonly keys?: readonly string[] } = {},
): SharedContext {
  const changed = keys.filter((key) => !sameJson(valueIn(context, key), valueIn(checkpoint, key)));
  const values = changed.map((key) => ({ key, value: valueIn(checkpoint, key), how: 'reset' as const }));
  return advance(context, { by, at, basedOn: checkpoint.version }, values);
}

/** Every change of a key, oldest first. */
export function provenanceOf(context: SharedContext, key: string): readonly ContextChange[] {
  return [...context.changes].filter((change) => change.key === key);
}

/** The value of a key; `undefined` where it has none. */
export function valueIn(context: SharedContext, key: string): Json | undefined {
  return keyOf(context, key).value;
}

/** The values of all keys that have one. */
export function valuesOf(context: SharedContext): JsonObject {
  const values = Object.entries(context.keys).map(([key, { value }]) => [key, value] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** A key that has never had a value. */
export const NEVER: SharedKey = { value: undefined, version: 0, by: null, at: 0 };

/** A key as it stands; version 0 and no value where it has never had one. */
export const keyOf = (context: SharedContext, key: string): SharedKey =>
  Object.hasOwn(context.keys, key) ? (context.keys[key] ?? NEVER) : NEVER;

/** What a key is to become. */
export interface NewValue {
  readonly key: string;
  readonly value: Json | undefined;
  readonly how: ChangeKind;
}

/** Keys of contexts that nobody but their maker has seen yet: they may be changed in place. */
const drafts = new WeakSet<object>();

/**
 * A context to take many commits in: each of them changes its keys in place, so that a thousand commits of a thousand keys cost a thousand
 * changes and not a million copies. Until it is sealed nobody else may hold it, or a context that came of it.
 */
export function draftOf(context: SharedContext): SharedContext {
  const keys = { ...context.keys };
  drafts.add(keys);
  return { ...context, keys };
}

/** Makes what came of a draft an immutable context like any other. */
export function sealed(context: SharedContext): SharedContext {
  drafts.delete(context.keys);
  return context;
}

/** The next version, with new values; the same context when there are none. Throws DEFINITION_INVALID for a key that may not be one. */
export function advance(
  context: SharedContext,
  { by, at, basedOn }: Pick<ContextChange, 'by' | 'at' | 'basedOn'>,
  values: readonly NewValue[],
): SharedContext {
  if (values.length === 0) return context;
  const version = context.version + 1;
  const keys: Record<string, SharedKey> = drafts.has(context.keys) ? context.keys : { ...context.keys };
  const changes = values.map(({ key, value: after, how }): ContextChange => {
    if (isForbiddenName(key)) {
      throw new TroupeError('DEFINITION_INVALID', `the shared context can have no key ${key}: that name is forbidden`, {
        retryable: false,
      });
    }
    const { value, patches } = patchValue(valueIn(context, key), after);
    keys[key] = { value, version, by, at };
    return { version, key, by, at, how, patches, basedOn };
  });
  return { version, keys, changes: context.changes.append(changes) };
}
