/** Whether work can go where phases and other steps send it back to. */
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { feedbackOf } from './sending-steps.ts';
import type { SourcePath } from './source-node.ts';
import type { Step } from './workflow.ts';

/** A way back that cannot be taken. */
export interface FeedbackProblem {
  readonly code: 'FEEDBACK_TARGET';
  readonly message: string;
  readonly hint: string;
  readonly step: Step;
  /** Where in the step it stands. */
  readonly at: SourcePath;
}

/** What is wrong with the ways back in a list of steps; `sequential`: the list is worked off in order. */
export function feedbackProblems(steps: readonly Step[], sequential: boolean): FeedbackProblem[] {
  const senders = steps.filter((step) => feedbackOf(step) !== undefined);
  if (senders.length === 0) return [];
  const places = new Map(steps.map(({ id }, place) => [id, place]));
  return senders.flatMap((step): FeedbackProblem[] => {
    const to = feedbackOf(step)?.to ?? '';
    if (to === '') return [];
    const problem = (message: string, hint: string): FeedbackProblem[] => [
      {
        code: 'FEEDBACK_TARGET',
        step,
        at: ['feedback', 'to'],
        message: `${quoted(step.id)} sends work back to ${quoted(to)}, ${message}`,
        hint,
      },
    ];
    const target = steps[places.get(to) ?? -1];
    if (target === undefined) {
      const close = nearest(to, phasesOf(steps));
      return problem(
        'which is no step beside it',
        close === null ? 'work goes back to a phase of the same list' : `did you mean "${close}"?`,
      );
    }
    if (target.kind !== 'group' || target.phase === undefined) return problem('which is no phase', `give it the type "phase"`);
    if (isBefore(target.id, step, steps, places, sequential)) return [];
    return problem('which need not have ended by then', 'work goes back to a phase that this one depends on, itself or by way of others');
  });
}

const phasesOf = (steps: readonly Step[]) => steps.flatMap((step) => (step.kind === 'group' && step.phase !== undefined ? [step.id] : []));

function isBefore(id: string, step: Step, steps: readonly Step[], places: ReadonlyMap<string, number>, sequential: boolean): boolean {
  const own = places.get(step.id) ?? -1;
  if (sequential) return (places.get(id) ?? own) < own;
  const before = new Set(step.dependencies);
  for (const earlier of before) for (const next of steps[places.get(earlier) ?? -1]?.dependencies ?? []) before.add(next);
  return before.has(id) && id !== step.id;
}
