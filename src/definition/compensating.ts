/** When the steps of a workflow are undone, and how patiently. */
import { RETRY_SHAPE, type RetryPolicy } from './attempt-timing.ts';
import type { CompensationCause } from './step-data.ts';
import { everyStep, type Step } from './workflow.ts';

/** Where a workflow with steps that can be undone does not say when: whenever it does not complete. */
export const COMPENSATE_ON: readonly CompensationCause[] = ['failure', 'cancel'];

/** Where a step does not say how often its undoing is tried again: three times, with the usual backoff. What is not undone stays for a person. */
export const COMPENSATION_RETRY: RetryPolicy = { retries: 3, ...RETRY_SHAPE };

/** Whether a step among these, or in the body of a map among them, says how it is undone. */
export function canBeUndone(steps: readonly Step[]): boolean {
  return [...everyStep(steps)].some(
    (step) => (step.kind === 'task' && step.compensate !== undefined) || (step.kind === 'map' && canBeUndone(step.workflow.steps)),
  );
}
