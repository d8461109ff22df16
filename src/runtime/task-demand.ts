/** What a step requires of the house, put beside its task when it is handed out. It is in the definition, and so in no journal. */
import { estimateOf } from '../definition/estimate.ts';
import type { StepNeeds } from '../definition/step-data.ts';
import type { TaskStep } from '../definition/workflow.ts';
import type { Task } from '../protocol/task.ts';
import { accountsAround } from './accounts-around.ts';
import type { RunState } from './run-state.ts';

/** The task with what its step requires and the accounts it takes that from. `startedAt`: when the run began, ms since the epoch. */
export function withDemand(task: Task, state: Pick<RunState, 'steps' | 'root'>, startedAt: number): Task {
  const live = state.steps.get(task.step);
  if (live === undefined) return task;
  const { step } = live.blueprint;
  const demanding = step.kind !== 'task' || step.needs === undefined ? task : { ...task, ...demandsOf(step, step.needs, startedAt) };
  const accounts = accountsAround(demanding, live, state);
  return accounts === undefined ? demanding : { ...demanding, accounts };
}

function demandsOf(step: TaskStep, { domains: _, priority, deadlineMs, agent, ...needs }: StepNeeds, startedAt: number): Partial<Task> {
  return {
    ...(Object.keys(needs).length === 0 ? {} : { needs }),
    ...(priority === undefined ? {} : { priority }),
    ...(deadlineMs === undefined ? {} : { deadlineAt: startedAt + deadlineMs }),
    ...(agent === undefined ? {} : { agent }),
    ...(needs.tokens === undefined ? {} : { expectedMs: estimateOf(step).ms }),
  };
}
