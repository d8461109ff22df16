/**
 * What those who work together say: events that tell what happened, to whoever wants to know, and messages from one agent to another.
 * Both go through the run, so that they are recorded, ordered, and the same on every replay.
 */
import type { Json } from './json.ts';

/** How pressing something is. */
export type Priority = 'low' | 'medium' | 'high' | 'critical';

/** From the least to the most pressing. */
export const PRIORITIES: readonly Priority[] = ['low', 'medium', 'high', 'critical'];

/** Everything that is told about how members of a run get along. */
export type CoordinationEventType =
  | 'agent.started'
  | 'agent.progress'
  | 'agent.completed'
  | 'agent.blocked'
  | 'context.updated'
  | 'conflict.detected'
  | 'resource.shortage'
  | 'quality.gate_failed'
  | 'handoff.ready';

/** Something that happened between members of a run. */
export interface CoordinationEvent {
  /** `run!n.k`: the k-th that batch n of the run brought about. Unique, and the same on every replay. */
  readonly id: string;
  readonly type: CoordinationEventType;
  /** Ms since the epoch (virtual in simulation). */
  readonly at: number;
  /** Path of the step it comes from; of the group or sync point where it comes from the coordination itself. */
  readonly source: string;
  /** Paths of the steps it concerns. */
  readonly affected: readonly string[];
  readonly priority: Priority;
  readonly data: Json;
}

/**
 * `sync`: the sender has arrived at the sync point that `to` names, and is told when it completes. `notify`: no answer is expected.
 * `query`: an answer is expected before the deadline. `response`: that answer.
 */
export type MessageKind = 'sync' | 'notify' | 'query' | 'response';

/** What one agent says to another. */
export interface CoordinationMessage {
  /** Unique in its run: `<sender's step>#<attempt>:<n>`; the host numbers what comes from outside. */
  readonly id: string;
  readonly kind: MessageKind;
  /** The sender: a step's path, or `outside`. */
  readonly from: string;
  /** Path of a step or sync point; a persona as `persona:<name>`: every step at work that plays it, else the next that does. */
  readonly to: string;
  readonly priority: Priority;
  readonly body: Json;
  /** Of a response: the id of the query. */
  readonly inReplyTo: string | null;
  /** Of a query: how long an answer is waited for, ms. */
  readonly deadlineMs: number | null;
  /** The id of the message that came to nothing and that this one is sent in place of. */
  readonly again?: string;
}
