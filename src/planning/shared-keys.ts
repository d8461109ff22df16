/** What steps touch of the shared context. */
import { type Step, votersOf } from '../definition/workflow.ts';

/** Keys of the shared context, by what is done with them. */
export interface SharedKeys {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

const NONE: SharedKeys = { reads: [], writes: [] };

/** What a single step reads and writes itself, stored outputs included. */
export function ownKeys(step: Step): SharedKeys {
  if (step.kind !== 'task') return NONE;
  const stored = (step.store ?? []).flatMap(({ to, name }) => (to === 'shared' ? [name] : []));
  const gathered = Object.values(step.inputs ?? {}).flatMap(({ from, path }) =>
    from === 'shared' && path[0] !== undefined ? [path[0]] : [],
  );
  if (stored.length + gathered.length === 0 && step.reads === undefined && step.writes === undefined) return NONE;
  return { reads: [...new Set([...(step.reads ?? []), ...gathered])], writes: [...new Set([...(step.writes ?? []), ...stored])] };
}

const known = new WeakMap<Step, boolean>();

/** Whether a step, or anything inside it that works on the same context, changes the shared context. */
export function writesShared(step: Step): boolean {
  let writes = known.get(step);
  if (writes === undefined) {
    writes = ownKeys(step).writes.length > 0 || inside(step).some(writesShared);
    known.set(step, writes);
  }
  return writes;
}

/** The steps inside a step that work on the same context. A nested workflow has its own; the body of a map does not. */
function inside(step: Step): readonly Step[] {
  switch (step.kind) {
    case 'group':
      return step.steps;
    case 'choice':
      return [...step.then, ...step.otherwise];
    case 'vote':
      return votersOf(step);
    case 'map':
      return step.workflow.steps;
    default:
      return [];
  }
}
