/** Messages that come to nothing: who sent them is told, and what nobody was ever given is kept for a person. */
import type { CoordinationMessage } from '../protocol/coordination.ts';
import type { ErrorData } from '../protocol/errors.ts';
import { refusal } from '../protocol/run-answer.ts';
import { type Exchange, type ExchangeState, keep } from './exchange.ts';

/** Tells the sender of a message, if it is still at work, why nobody will get it, or answer it. */
export function refuse({ exchange }: Pick<ExchangeState, 'exchange'>, message: CoordinationMessage, error: ErrorData): void {
  if (exchange.atWork.has(message.from)) keep(exchange, message.from, refusal(message, error));
}

/** Puts a message among the dead letters. */
export function bury({ exchange, clock }: Pick<ExchangeState, 'exchange' | 'clock'>, message: CoordinationMessage, reason: string): void {
  exchange.deadLetters.push({ message, reason, at: clock.now() });
}

/** Ends a question before its deadline; `answer` is the id of the message that answers it, or null. */
export function close({ questions, hooks }: Exchange, request: string, answer: string | null): void {
  if (questions.delete(request)) hooks.closed(request, answer);
}

/** RECEIVER_UNKNOWN, which trying again does not help. */
export function nobody(message: string, hint: string): ErrorData {
  return { code: 'RECEIVER_UNKNOWN', message, hint, retryable: false };
}
