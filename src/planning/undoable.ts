/** Which steps of a workflow can be undone. */
import { everyStep, type Step, type Workflow } from '../definition/workflow.ts';

/** What can be undone in a workflow. */
export interface Undoable {
  /** Its own steps that say how they are undone, by id. */
  readonly own: readonly string[];
  /** Whether there are any, in what is nested in it or in a body of a map, too. */
  readonly any: boolean;
}

/** What can be undone in a workflow. */
export function undoableIn({ steps }: Pick<Workflow, 'steps'>): Undoable {
  const all = [...everyStep(steps)];
  const own = all.flatMap((step) => (step.kind === 'task' && step.compensate !== undefined ? [step.id] : []));
  return { own, any: own.length > 0 || all.some(holdsUndoable) };
}

function holdsUndoable(step: Step): boolean {
  return (step.kind === 'map' || step.kind === 'workflow') && step.workflow !== undefined && undoableIn(step.workflow).any;
}
