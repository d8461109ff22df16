/** The call of an agent: whatever it answers or throws, and whenever, comes to one report. */
import type { Agent } from '../../protocol/agent.ts';
import type { TaskReport } from '../../protocol/task.ts';
import { checkedReport, reportOfThrown } from '../agent-report.ts';
import { reportsAreTrusted } from '../trusted-report.ts';
import { withinWritable } from '../written-keys.ts';
import type { Flight } from './flight.ts';

/** Has an agent perform a task. `settle` is called once with its report, never before this returns. */
export function perform(agent: Agent, flight: Flight, settle: (flight: Flight, report: TaskReport) => void): void {
  const answered = (answer: unknown): void =>
    settle(flight, withinWritable(flight.task, reportsAreTrusted(agent) ? (answer as TaskReport) : checkedReport(answer)));
  const threw = (thrown: unknown): void => settle(flight, reportOfThrown(thrown));
  try {
    Promise.resolve(agent.perform(flight.task, flight)).then(answered, threw);
  } catch (thrown) {
    queueMicrotask(() => threw(thrown));
  }
}
