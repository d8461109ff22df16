/** Waits without a deadline and repetitions without a bound. */
import { quoted } from './printable.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';
import type { StepProblem } from './workflow-check-step.ts';

/**
 * Warned of: signals without a timeout; sync points without one, where a member may itself take as long as it takes; votes that may wait
 * for a person for ever; and retries that only the run will know, without a largest number.
 */
export function boundProblems(workflow: Workflow): StepProblem[] {
  return [...everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])].flatMap((step): StepProblem[] => {
    switch (step.kind) {
      case 'signal':
        return step.timeout === undefined
          ? [wait(step, `${quoted(step.id)} waits for ${quoted(step.signal)} as long as it takes`, 'give it a timeout')]
          : [];
      case 'approval':
        return step.timeout === undefined
          ? [wait(step, `${quoted(step.id)} waits for people as long as it takes`, 'give it a timeout')]
          : [];
      case 'sync':
        return step.timeout === undefined
          ? [wait(step, `${quoted(step.id)} waits for its members as long as it takes`, 'give it a timeout')]
          : [];
      case 'vote':
        if (step.timeout !== undefined || step.judge !== undefined) return [];
        return [
          wait(step, `a tie in ${quoted(step.id)} waits for a person as long as it takes`, 'give it a judge, or "escalate" with a timeout'),
        ];
      case 'task':
        return retries(step);
      default:
        return [];
    }
  });
}

function wait(step: Step, message: string, hint: string): StepProblem {
  return { code: 'WAIT_UNBOUNDED', severity: 'warning', message, hint, step, path: ['type'] };
}

function retries(step: Extract<Step, { kind: 'task' }>): StepProblem[] {
  const { retry } = step;
  if (typeof retry?.retries !== 'object' || / \? /u.test(retry.retries.template)) return [];
  const message = `only the run will know how often ${quoted(step.id)} is tried again, and nothing bounds it`;
  return [
    {
      code: 'LOOP_UNBOUNDED',
      severity: 'warning',
      message,
      hint: 'write a number, or bound it: {{ n > 5 ? 5 : n }}',
      step,
      path: ['retries'],
    },
  ];
}
