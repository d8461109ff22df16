/** Taking in what members have written into the shared context: at once, or laid aside until the members meet. */

import type { StepBlueprint } from '../planning/blueprint.ts';
import type { CommitResult, KeyConflict, StaleRead } from '../policy/context-commit.ts';
import { commit } from '../policy/context-commit.ts';
import { draftOf, sealed } from '../policy/shared-context.ts';
import type { Json } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import { tell } from './coordination-log.ts';
import type { LiveGroup, LiveStep, RunState } from './run-state.ts';
import { type ContextCell, type Contribution, contributionOf, isUntouched, mergeInto } from './shared-cell.ts';

/** What a member that has completed wants to change, or undefined where it has nothing to do with the shared context. */
export function contributionFrom(step: LiveStep, settled: StepSettled): Contribution | undefined {
  const { group, blueprint, path, member, view } = step;
  const { context } = group;
  if (context === null || settled.outcome !== 'completed') return undefined;
  if (blueprint.keys !== null && view !== null) {
    return { by: path, view, writes: settled.writes ?? {}, reads: blueprint.keys.reads };
  }
  const branch = context.branches.get(member);
  return branch === undefined || isUntouched(branch) ? undefined : contributionOf(path, branch);
}

/** The place of what a group as a whole hands over among the contributions, and of its own conflict among its contests. */
export const MERGE = -1;

/** What stands in the way of a contribution; null where it was taken in or laid aside. */
export interface Obstacle {
  readonly conflicts: readonly KeyConflict[];
  readonly stale: readonly StaleRead[];
}

/** Takes a contribution in. Members that work side by side have theirs laid aside; of the others nothing is taken that does not fit. */
export function contribute(state: RunState, group: LiveGroup, member: number, contribution: Contribution): Obstacle | null {
  const { context } = group;
  if (context === null) return null;
  if (context.base !== null && !group.fellBack) {
    context.staged.set(member, contribution);
    return null;
  }
  const result = commit(context.cell.current, { ...contribution, at: state.clock.now() });
  return settleCommit(state, group.blueprint.members[member], contribution, context.cell, result);
}

/** Merges what was laid aside, in the order of the members; stops at the first that does not fit. `only`: of these members. */
export function mergeStaged(
  state: RunState,
  group: LiveGroup,
  only: ReadonlySet<number> | null = null,
): (Obstacle & { readonly member: number }) | null {
  const { context } = group;
  if (context === null) return null;
  const members = [...context.staged.keys()].filter((member) => member !== MERGE && (only?.has(member) ?? true)).sort((a, b) => a - b);
  const before = context.cell.current;
  context.cell.current = draftOf(before);
  let found: (Obstacle & { readonly member: number }) | null = null;
  for (const member of members) {
    const contribution = context.staged.get(member) as Contribution;
    const result = mergeInto(context.cell.current, contribution, state.clock.now());
    const obstacle = settleCommit(state, group.blueprint.members[member], contribution, context.cell, result);
    if (obstacle !== null) {
      found = { member, ...obstacle };
      break;
    }
    context.staged.delete(member);
  }
  const merged = sealed(context.cell.current);
  context.cell.current = merged.version === before.version ? before : merged;
  return found;
}

/** Hands what a group has merged over to those around it, all of it or nothing. Null where that could be done. */
export function handOver(state: RunState, { context, path }: LiveGroup): Obstacle | null {
  if (context === null || context.apart === null) return null;
  const { own, outer } = context.apart;
  if (outer.current === own.start) {
    outer.current = own.current;
    for (const key of own.reads) outer.reads?.add(key);
  } else {
    const contribution = contributionOf(path, own);
    context.staged.set(MERGE, contribution);
    const result = mergeInto(outer.current, contribution, state.clock.now());
    const obstacle = settleCommit(state, undefined, contribution, outer, result);
    if (obstacle !== null) return obstacle;
    context.staged.delete(MERGE);
  }
  own.start = own.current;
  return null;
}

/** Says what came of a commit, and makes it count unless something stands in the way. */
export function settleCommit(
  state: RunState,
  blueprint: StepBlueprint | undefined,
  { by, reads }: Contribution,
  cell: ContextCell,
  result: CommitResult,
): Obstacle | null {
  const { conflicts, stale } = result;
  const minds = blueprint?.step.kind === 'task' && (blueprint.step.onStale ?? 'accept') !== 'accept';
  if (stale.length > 0) {
    tell(state, { type: 'conflict.detected', source: by, affected: stale.flatMap((read) => read.by ?? []), data: staleData(stale) });
  }
  if (conflicts.length > 0) {
    const sides = conflicts.flatMap(({ theirsBy }) => theirsBy ?? []);
    tell(state, { type: 'conflict.detected', source: by, affected: [...new Set([by, ...sides])], data: conflictData(conflicts) });
  }
  if (conflicts.length > 0 || (minds && stale.length > 0)) return { conflicts, stale };
  cell.current = result.context;
  for (const key of reads) cell.reads?.add(key);
  if (result.updated.length > 0) {
    const data = { version: result.context.version, keys: result.updated, merged: result.merged };
    tell(state, { type: 'context.updated', source: by, affected: readersOf(state, result.updated, by), data });
  }
  return null;
}

function staleData(stale: readonly StaleRead[]): Json {
  return { kind: 'stale_read', keys: stale.map(({ key }) => key), reads: stale.map(({ key, seen, now, by }) => ({ key, seen, now, by })) };
}

function conflictData(conflicts: readonly KeyConflict[]): Json {
  return {
    kind: 'write',
    keys: conflicts.map(({ key }) => key),
    places: conflicts.flatMap(({ key, inner }) => inner.map(({ path, kind }) => ({ key, path, kind }))),
  };
}

/** Steps at work that read one of the keys. */
function readersOf(state: RunState, keys: readonly string[], by: string): string[] {
  return [...state.steps.values()]
    .filter(({ path, blueprint }) => path !== by && blueprint.keys?.reads.some((key) => keys.includes(key)))
    .map(({ path }) => path);
}
