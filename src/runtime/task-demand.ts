/** What a step requires of the house, put beside its task when it is handed out. It is in the definition, and so in no journal. */
import type { Task } from '../protocol/task.ts';
import type { RunState } from './run-state.ts';

/** The task with what its step requires. `startedAt`: when the run began, ms since the epoch. */
export function withDemand(task: Task, { steps }: Pick<RunState, 'steps'>, startedAt: number): Task {
  const step = steps.get(task.step)?.blueprint.step;
  if (step?.kind !== 'task' || step.needs === undefined) return task;
  const { domains: _, priority, deadlineMs, agent, ...needs } = step.needs;
  return {
    ...task,
    ...(Object.keys(needs).length === 0 ? {} : { needs }),
    ...(priority === undefined ? {} : { priority }),
    ...(deadlineMs === undefined ? {} : { deadlineAt: startedAt + deadlineMs }),
    ...(agent === undefined ? {} : { agent }),
  };
}
