/** What a house tells of its tasks, as facts of their runs. */
import type { HostCallbacks } from '../actors/dispatch/dispatcher-host.ts';
import type { Fact } from '../protocol/facts.ts';
import type { Task } from '../protocol/task.ts';
import type { HostTime } from './host-time.ts';
import type { LaterFacts } from './later-facts.ts';
import { reportedFact } from './reported-fact.ts';

/** Where facts go. */
export interface FactsHost {
  readonly time: Pick<HostTime, 'now'>;
  /** Takes in a fact that a run decides by. */
  readonly take: (run: string, fact: Fact) => void;
  /** Those that change no decision are recorded with the next one. */
  readonly later: LaterFacts;
}

/** The callbacks of a house that become facts. */
export function houseFacts({ time, take, later }: FactsHost): Omit<HostCallbacks, 'now' | 'sleep' | 'progress'> {
  const about = ({ step, attempt }: Task) => ({ at: time.now(), step, attempt });
  return {
    report: (task, report) => take(task.run, reportedFact(task, report, time.now())),
    late: (task, report) => take(task.run, reportedFact(task, report, time.now())),
    queued: (task) => take(task.run, { type: 'task.queued', ...about(task) }),
    started: (task) => take(task.run, { type: 'task.started', ...about(task) }),
    chosen: (task, choice) => later.add(task.run, { type: 'agent.chosen', ...about(task), ...choice }),
    waits: (task, why) => later.add(task.run, { type: 'task.held_back', ...about(task), why }),
    progressed: (task, progress) => take(task.run, { type: 'task.progressed', ...about(task), ...progress }),
    said: ({ run }, message) => take(run, { type: 'message.sent', at: time.now(), message }),
  };
}
