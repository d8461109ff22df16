/**
 * What a run tells of how its members get along. Whatever decides within the run tells it here, one delivery at a time; what follows from
 * the facts themselves is added when the delivery is announced (coordination-events.ts). Telling costs next to nothing, so it is done
 * whether anybody listens or not: an event is named after its fact and its place among what that fact brought about, and so has the same
 * id on every replay.
 */
import type { CoordinationEvent, CoordinationEventType, Priority } from '../protocol/coordination.ts';

/** An event as it is told, without what the announcement adds. */
export type Telling = Pick<CoordinationEvent, 'type' | 'source' | 'affected' | 'data'>;

/** Where a run keeps what it has told in the delivery under way. */
export interface CoordinationLog {
  readonly id: string;
  coordination?: Telling[];
}

/** How pressing each kind of event is. */
export const PRIORITY_OF: Readonly<Record<CoordinationEventType, Priority>> = {
  'agent.started': 'medium',
  'agent.progress': 'low',
  'agent.completed': 'medium',
  'agent.blocked': 'high',
  'context.updated': 'medium',
  'conflict.detected': 'high',
  'resource.shortage': 'high',
  'quality.gate_failed': 'critical',
  'handoff.ready': 'medium',
};

/** Tells something in the delivery under way. */
export function tell(state: CoordinationLog, telling: Telling): void {
  state.coordination ??= [];
  state.coordination.push(telling);
}

/** Events as they are announced: `fact` is the number of the batch that brought them about, `at` its time in ms. */
export function numbered(run: string, fact: number, at: number, tellings: readonly Telling[]): CoordinationEvent[] {
  return tellings.map(({ type, source, affected, data }, place) => ({
    id: `${run}!${fact}.${place}`,
    type,
    at,
    source,
    affected,
    priority: PRIORITY_OF[type],
    data,
  }));
}
