/** Places that a run can go back to: which of its checkpoints it has passed, when, and what the shared context was there. */
import { resetTo, type SharedContext } from '../policy/shared-context.ts';
import type { CheckpointPassing } from './checkpoint-book.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import type { ContextCell } from './shared-cell.ts';

/** A checkpoint is passed: its step has completed. One that stands since an earlier life was passed then. */
export function passCheckpoint({ checkpoints, clock, keeping, takingOver }: RunState, { context }: LiveGroup, path: string): void {
  const now = context?.cell.current ?? null;
  if (now !== null) checkpoints.contexts.set(path, now);
  const kept = takingOver ? keeping?.steps.get(path) : undefined;
  const stands = kept?.outcome === 'completed';
  if (stands && checkpoints.passings.some(({ checkpoint }) => checkpoint === path)) return;
  const at = stands ? kept.endedAt : clock.now();
  checkpoints.passings.push({ checkpoint: path, at, fact: checkpoints.facts, version: now?.version ?? null });
}

/**
 * Takes back what steps have written into a shared context since it was `since`: the keys that nobody but them has changed in the meantime.
 * `isTheirs`: whether the step at a path is one of them. What others have written upon stays, as it may rest on what they saw.
 */
export function takeBackShared(cell: ContextCell, since: SharedContext, isTheirs: (path: string) => boolean, at: number): void {
  const touched = new Map<string, boolean>();
  for (const { version, key, by } of cell.current.changes) {
    if (version > since.version) touched.set(key, (touched.get(key) ?? true) && by !== null && isTheirs(by));
  }
  const keys = [...touched].flatMap(([key, isOnlyTheirs]) => (isOnlyTheirs ? [key] : []));
  if (keys.length > 0) cell.current = resetTo(cell.current, since, at, { keys });
}

/** The shared context as it was when a checkpoint, a member of the group, was passed last; null where it was not, or where there is none. */
export function contextAt(
  { checkpoints }: Pick<RunState, 'checkpoints'>,
  { prefix, blueprint }: Pick<LiveGroup, 'prefix' | 'blueprint'>,
  id: string,
): SharedContext | null {
  // What stands in an inner group may have seen a branch of its own.
  return blueprint.members.some(({ step }) => step.id === id) ? (checkpoints.contexts.get(prefix + id) ?? null) : null;
}

/** A checkpoint as people look at it. */
export interface CheckpointView extends CheckpointPassing {
  /** Whether it counts: its run has not gone back to before it since, and it is the last time that it was passed. */
  readonly stands: boolean;
}

/** The checkpoints that a run has passed, in order. */
export function checkpointsOf({ checkpoints: { passings }, records }: Pick<RunState, 'checkpoints' | 'records'>): CheckpointView[] {
  const last = new Map(passings.map((passing) => [passing.checkpoint, passing]));
  return passings.map((passing) => {
    const { checkpoint } = passing;
    return { ...passing, stands: last.get(checkpoint) === passing && records.get(checkpoint)?.outcome === 'completed' };
  });
}
