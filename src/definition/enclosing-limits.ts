/** Which limits stand around the steps of a workflow, apart from its own. */
import { quoted } from './printable.ts';
import { type Step, votersOf } from './workflow.ts';
import type { WorkflowLimits } from './workflow-limits.ts';

/** Limits that somebody around a step has, and what they are called: `the group "build"`. */
export interface EnclosingLimits {
  readonly owner: string;
  readonly limits: WorkflowLimits;
}

/** A step with the limits around it, the outermost first. */
export interface Enclosed {
  readonly step: Step;
  readonly around: readonly EnclosingLimits[];
}

/** Every step, depth first, as `everyStep` has them; nested workflows and bodies of maps are not entered. */
export function* everyEnclosed(steps: readonly Step[], around: readonly EnclosingLimits[] = []): Generator<Enclosed> {
  for (const step of steps) {
    yield { step, around };
    if (step.kind === 'group') yield* everyEnclosed(step.steps, insideOf(step, around));
    if (step.kind === 'vote') yield* everyEnclosed(votersOf(step), around);
    if (step.kind === 'choice') {
      yield* everyEnclosed(step.then, around);
      yield* everyEnclosed(step.otherwise, around);
    }
  }
}

/** The limits around whatever stands inside a step. */
export function insideOf(step: Step, around: readonly EnclosingLimits[]): readonly EnclosingLimits[] {
  const own =
    'limits' in step && step.limits !== undefined ? [{ owner: `the ${wordFor(step)} ${quoted(step.id)}`, limits: step.limits }] : [];
  const nested = step.kind === 'workflow' ? step.workflow : undefined;
  const named = nested?.limits === undefined ? [] : [{ owner: `the workflow ${quoted(nested.name)}`, limits: nested.limits }];
  return own.length + named.length === 0 ? around : [...around, ...own, ...named];
}

const wordFor = ({ kind, type }: Step): string => (kind === 'map' || type === 'phase' ? type : kind === 'workflow' ? 'step' : 'group');
