import { nearest } from '../definition/nearest-name.ts';
import type { Task, TaskReport } from '../protocol/task.ts';

/**
 * The report, if it writes only keys of the shared context that its step may write; else AGENT_OUTPUT_INVALID with the key and those it may
 * write. Nothing of a report that is refused is applied.
 */
export function withinWritable(task: Task, report: TaskReport): TaskReport {
  if (!report.ok || report.writes === undefined) return report;
  const writable = task.context?.writable ?? [];
  const key = Object.keys(report.writes).find((written) => !writable.includes(written));
  if (key === undefined) return report;
  const meant = nearest(key, writable);
  const may = writable.length === 0 ? 'it says it writes none' : `it may write ${writable.join(', ')}`;
  return {
    ok: false,
    thrown: true,
    ...(report.usage === undefined ? {} : { usage: report.usage }),
    error: {
      code: 'AGENT_OUTPUT_INVALID',
      message: `the agent of ${task.step} wrote the shared key "${key}", which the step may not write: ${may}`,
      hint: meant === null ? `add "${key}" to the writes of the step` : `did you mean "${meant}"?`,
      where: `step ${task.step}`,
      details: { key, writable },
    },
  };
}
