/**
 * Where a run keeps its shared context. A context is a value that never changes; a cell holds the current one. Members that work side by
 * side each get a branch, a cell of their own that begins with the same context; what they write there is merged when they meet.
 */
import { type CommitResult, commit } from '../policy/context-commit.ts';
import { type ContextView, keyOf, type SharedContext, snapshotOf, valueIn, valuesOf } from '../policy/shared-context.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';

/** Holds the current context. */
export interface ContextCell {
  current: SharedContext;
  /** Of a branch: keys that were read by what has been taken in, so that they can be held against what the branch is merged into. */
  readonly reads?: Set<string>;
}

/** A cell that is worked on beside others, and what it began with. */
export interface Branch extends ContextCell {
  start: SharedContext;
  readonly reads: Set<string>;
}

/** What a member brings to a merge: what it saw, what it wrote and what it only read. */
export interface Contribution {
  /** Path of the member. */
  readonly by: string;
  readonly view: ContextView;
  readonly writes: JsonObject;
  readonly reads: readonly string[];
}

/** The shared context as the members of one group work on it. */
export interface GroupContext {
  /** What has been merged, and what members that work one after the other write to. */
  cell: ContextCell;
  /** Of a group that works on a branch of its own as a whole: that branch, and where it is merged at the join. Else null. */
  readonly apart: { readonly own: Branch; readonly outer: ContextCell } | null;
  /** Of a group whose members work side by side: what each of them begins with. Else null. */
  base: SharedContext | null;
  /** Of such a group: the cell of each member that is at work or has not been merged. */
  readonly branches: Map<number, Branch>;
  readonly staged: Map<number, Contribution>;
}

/** The cell a member works on: a branch of its own, or that of its group. */
export function cellOf({ cell, base, branches }: GroupContext, member: number): ContextCell {
  if (base === null) return cell;
  let own = branches.get(member);
  if (own === undefined) {
    own = branchOf(base);
    branches.set(member, own);
  }
  return own;
}

/** A branch that begins with a context. */
export function branchOf(start: SharedContext): Branch {
  return { current: start, start, reads: new Set() };
}

/** Whether nothing that was taken in has changed or read anything. */
export function isUntouched({ current, start, reads }: Branch): boolean {
  return current === start && reads.size === 0;
}

/** Everything that a branch has changed since it began, and what was read for it. */
export function contributionOf(by: string, { start, current, reads }: Branch): Contribution {
  const writes: Record<string, Json> = {};
  for (const key of Object.keys(current.keys)) {
    const value = valueIn(current, key);
    if (value !== undefined && !sameJson(value, valueIn(start, key))) writes[key] = value;
  }
  return { by, view: snapshotOf(start, [...reads], Object.keys(writes)).view, writes, reads: [...reads] };
}

/** Merges a contribution into a context it need not descend from: what counts as seen is judged by value, not by version. */
export function mergeInto(context: SharedContext, contribution: Contribution, at: number): CommitResult {
  return commit(context, { ...contribution, at, view: seenBy(context, contribution.view) });
}

/** A view as if it had been taken from a context that has come another way: what is the same there counts as unchanged. */
export function seenBy(context: SharedContext, view: ContextView): ContextView {
  const keys = Object.fromEntries(
    Object.entries(view.keys).map(([key, { value }]) => {
      const now = keyOf(context, key);
      return [key, { value, version: sameJson(value, now.value) ? now.version : -1 }];
    }),
  );
  return { ...view, keys };
}

/** The values of a context for expressions; the same object for the same context. */
export function sharedValues(cell: ContextCell): Readonly<Record<string, Json | undefined>> {
  let values = known.get(cell.current);
  if (values === undefined) {
    values = valuesOf(cell.current);
    known.set(cell.current, values);
  }
  return values;
}

const known = new WeakMap<SharedContext, Readonly<Record<string, Json | undefined>>>();
