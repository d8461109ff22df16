/**
 * Answers that come from the run itself rather than from an agent: a sync point has completed, or nobody will answer. Their ids end in a
 * word, those of agents in a number: an agent cannot speak for the run, and nothing that an agent answers is taken for a refusal.
 */
import type { CoordinationMessage } from './coordination.ts';
import type { ErrorData } from './errors.ts';
import { isJsonObject, type Json } from './json.ts';

const ANSWER = ':answer';
const REFUSAL = ':refusal';

/** The run's answer to a message. */
export function runAnswer(message: CoordinationMessage, body: Json): CoordinationMessage {
  return reply(message, ANSWER, body);
}

/** Tells the sender that its message has come to nothing, and why. The body is `{ error }`. */
export function refusal(message: CoordinationMessage, error: ErrorData): CoordinationMessage {
  return reply(message, REFUSAL, { error: error as unknown as Json });
}

/** Why the run has refused the message that this one replies to; null for every other message. */
export function refusedWith({ id, body }: CoordinationMessage): ErrorData | null {
  return id.endsWith(REFUSAL) && isJsonObject(body) && isJsonObject(body.error) ? (body.error as unknown as ErrorData) : null;
}

function reply({ id, from, to, priority }: CoordinationMessage, suffix: string, body: Json): CoordinationMessage {
  return { id: id + suffix, kind: 'response', from: to, to: from, priority, body, inReplyTo: id, deadlineMs: null };
}
