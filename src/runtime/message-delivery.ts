/** Giving messages to those at work, and the run's own answers. */
import { inDeliveryOrder } from '../policy/mailbox.ts';
import type { CoordinationMessage } from '../protocol/coordination.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { refusal, runAnswer } from '../protocol/run-answer.ts';
import { type Exchange, type ExchangeState, isWanted, keep } from './exchange.ts';
import { refuse } from './message-refusal.ts';

/** Puts `message.deliver` into the outbox for everything that somebody is there for, in the order of each receiver's mailbox. The last thing in a delivery. */
export function deliverMessages({ exchange, outbox }: ExchangeState): void {
  const { atWork, waiting, due } = exchange;
  if (due.size === 0) return;
  for (const step of due) {
    const receiver = atWork.get(step);
    const kept = (waiting.get(step) ?? []).filter((each) => isWanted(exchange, each));
    waiting.delete(step);
    if (receiver === undefined) continue;
    for (const each of inDeliveryOrder(kept, ({ message }) => message)) {
      if (!each.given) noteTold(exchange, step, each.message);
      each.given = true;
      receiver.given.push(each);
      outbox.push({ type: 'message.deliver', step, attempt: receiver.attempt, message: each.message });
    }
  }
  due.clear();
}

/** Notes that a step was given a message. */
export function noteTold({ toldTo }: Exchange, step: string, message: CoordinationMessage): void {
  const told = toldTo.get(step);
  if (told === undefined) toldTo.set(step, [message]);
  else told.push(message);
}

/** What was given to attempts at work, in order: a host that takes the run over gives it to them again. */
export function givenSoFar({
  atWork,
}: Exchange): { readonly step: string; readonly attempt: number; readonly message: CoordinationMessage }[] {
  return [...atWork].flatMap(([step, { attempt, given }]) => given.map(({ message }) => ({ step, attempt, message })));
}

/** A sync point is over: those who have come to it while at work are told its output, or why it failed. */
export function syncSettled({ exchange }: Pick<ExchangeState, 'exchange'>, path: string, output: Json, error: ErrorData | null): void {
  const there = exchange.arrivals.get(path) ?? [];
  exchange.arrivals.delete(path);
  for (const message of there) keep(exchange, message.from, error === null ? runAnswer(message, output) : refusal(message, error));
}

/** One who has come to a sync point need not wait for it. */
export function releaseArrival({ exchange }: Pick<ExchangeState, 'exchange'>, path: string, from: string): void {
  const there = exchange.arrivals.get(path) ?? [];
  exchange.arrivals.set(
    path,
    there.filter((message) => message.from !== from),
  );
  for (const message of there) if (message.from === from) keep(exchange, from, runAnswer(message, null));
}

/** The deadline of a question has passed: whoever asked is told REQUEST_TIMED_OUT. */
export function expireRequest(state: Pick<ExchangeState, 'exchange'>, request: string): void {
  const question = state.exchange.questions.get(request);
  if (question === undefined) return;
  state.exchange.questions.delete(request);
  const { message } = question;
  refuse(state, message, {
    code: 'REQUEST_TIMED_OUT',
    message: `${message.to} did not answer within ${message.deadlineMs} ms`,
    hint: 'give it longer (deadlineMs), or go on without the answer',
  });
}
