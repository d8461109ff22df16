/** What the end of an attempt means for its step: what it leaves is taken apart, and what is not as declared is a failure. */
import { storeOutput } from '../definition/data-source.ts';
import type { Step } from '../definition/workflow.ts';
import { errorData } from '../protocol/errors.ts';
import type { TaskCompleted, ValidationFailure } from '../protocol/facts.ts';
import { frozen } from '../protocol/frozen.ts';
import type { AttemptCompleted, AttemptFailed } from '../protocol/messages.ts';
import type { RunState } from './run-state.ts';

/** To the step: its agent is done; parts of the output go where the step stores them. An output without such a part fails the attempt. */
export function completionOf(state: RunState, fact: TaskCompleted): AttemptCompleted | AttemptFailed {
  return completion(state.steps.get(fact.step)?.blueprint.step, fact);
}

/** What a result means for a step of this definition. */
export function completion(
  definition: Step | undefined,
  fact: Pick<TaskCompleted, 'attempt' | 'output' | 'variables' | 'writes'>,
): AttemptCompleted | AttemptFailed {
  const { attempt } = fact;
  const targets = definition?.kind === 'task' ? definition.store : undefined;
  const output = frozen(fact.output);
  const variables = fact.variables ?? null;
  const writes = fact.writes ?? null;
  if (targets === undefined) return { type: 'task.completed', attempt, output, variables: frozen(variables), writes: frozen(writes) };
  try {
    const stored = storeOutput(targets, output);
    return {
      type: 'task.completed',
      attempt,
      output,
      variables: frozen({ ...stored.variables, ...variables }),
      writes: frozen({ ...stored.shared, ...writes }),
    };
  } catch (thrown) {
    return { type: 'task.failed', attempt, error: errorData(thrown, 'DATA_MISSING'), thrown: false };
  }
}

/** To the step: its agent was done, but the output is not what the step declares. */
export function failureOf({ attempt, issues }: ValidationFailure): AttemptFailed {
  const shown = issues.map(({ path, message }) => `${path === '' ? 'the whole' : path} ${message}`).join('; ');
  return {
    type: 'task.failed',
    attempt,
    thrown: false,
    error: {
      code: 'AGENT_OUTPUT_INVALID',
      message: `the output is not as declared: ${shown}`,
      hint: 'see what the step declares under "output"; the output itself is in the journal',
      details: { issues: issues.map(({ path, message }) => ({ path, message })) },
    },
  };
}
