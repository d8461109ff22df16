/** What an agent has reported becomes a fact. A handoff that is not as declared is refused here, before anything depends on it. */
import { schemaChecker } from '../definition/value-schema.ts';
import { errorData } from '../protocol/errors.ts';
import type { TaskCompleted, TaskFailed, ValidationFailure } from '../protocol/facts.ts';
import type { Task, TaskReport } from '../protocol/task.ts';

/**
 * The fact of a report: `task.completed`, `task.failed`, or `validation.failure` where the output does not meet the schema of the task. A
 * schema that cannot be read fails the task with DEFINITION_INVALID.
 */
export function reportedFact(task: Task, report: TaskReport, at: number): TaskCompleted | TaskFailed | ValidationFailure {
  const about = { at, step: task.step, attempt: task.attempt };
  const usage = report.usage === undefined ? {} : { usage: report.usage };
  if (!report.ok) return { type: 'task.failed', ...about, error: report.error, thrown: report.thrown, ...usage };
  const { ok: _, ...given } = report;
  const completed: TaskCompleted = { type: 'task.completed', ...about, ...given };
  if (task.outputSchema === undefined) return completed;
  try {
    const issues = schemaChecker(task.outputSchema)(report.output);
    return issues.length === 0 ? completed : { type: 'validation.failure', ...about, issues, output: report.output, ...usage };
  } catch (thrown) {
    return {
      type: 'task.failed',
      ...about,
      error: { ...errorData(thrown, 'DEFINITION_INVALID'), retryable: false },
      thrown: true,
      ...usage,
    };
  }
}
