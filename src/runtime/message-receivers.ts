/** Receivers come and go: attempts begin and end, steps settle, the run ends. What was on its way to them follows. */
import { type ExchangeState, isWanted, PERSONA, putBack } from './exchange.ts';
import { bury, close, nobody, refuse } from './message-refusal.ts';

/** An attempt has begun: it is given what waits for its step, and for its persona. */
export function attemptBegan({ exchange }: Pick<ExchangeState, 'exchange'>, path: string, attempt: number, persona: string | null): void {
  const { atWork, waiting, questions, due } = exchange;
  atWork.set(path, { attempt, persona, sent: null, given: [] });
  if (waiting.size === 0) return;
  if (waiting.has(path)) due.add(path);
  if (persona === null) return;
  const called = waiting.get(PERSONA + persona) ?? [];
  for (const { message } of called) questions.get(message.id)?.receivers.add(path);
  waiting.delete(PERSONA + persona);
  putBack(exchange, path, called);
}

/** An attempt is over, however it ended. What it asked is of no use any more; what it was given waits for another attempt. */
export function attemptEnded({ exchange }: Pick<ExchangeState, 'exchange'>, path: string, attempt: number): void {
  const { atWork, waiting, questions, arrivals, due } = exchange;
  const left = atWork.get(path);
  if (left?.attempt !== attempt) return;
  atWork.delete(path);
  due.delete(path);
  for (const [id, { message }] of questions) if (message.from === path) close(exchange, id, null);
  for (const [sync, there] of arrivals) {
    if (there.some(({ from }) => from === path))
      arrivals.set(
        sync,
        there.filter(({ from }) => from !== path),
      );
  }
  const before = waiting.get(path) ?? [];
  if (left.given.length + before.length === 0) return;
  waiting.delete(path);
  // answers were for the attempt that asked
  const again = [...left.given, ...before].filter((kept) => kept.message.kind !== 'response' && isWanted(exchange, kept));
  putBack(exchange, path, again);
}

/** The next attempt of a step begins with a clean context: of what earlier ones were given only open questions are left. */
export function forgetGiven({ exchange }: Pick<ExchangeState, 'exchange'>, path: string): void {
  const { waiting, questions } = exchange;
  const kept = waiting.get(path)?.filter(({ given, message }) => !given || questions.has(message.id)) ?? [];
  if (kept.length > 0) waiting.set(path, kept);
  else waiting.delete(path);
}

/** A step has settled: what it was never given is undeliverable, and who waits for its answer waits in vain. */
export function stepEnded(state: ExchangeState, path: string): void {
  const { exchange } = state;
  const { atWork, waiting, questions } = exchange;
  const left = atWork.get(path);
  if (left !== undefined) attemptEnded(state, path, left.attempt);
  if (waiting.size > 0) {
    buryWaiting(state, path, `${path} has ended`);
    waiting.delete(path);
  }
  for (const [id, { message, receivers }] of questions) {
    if (!receivers.delete(path) || receivers.size > 0) continue;
    close(exchange, id, null);
    refuse(state, message, nobody(`${path} has ended without an answer`, 'ask somebody else, or ask earlier'));
  }
}

/** The run has ended: what nobody was ever given is undeliverable. */
export function exchangeEnded(state: ExchangeState): void {
  const { waiting } = state.exchange;
  for (const receiver of waiting.keys()) buryWaiting(state, receiver, `${receiver} was not there before the run ended`);
  waiting.clear();
}

/** Questions that are over are no dead letters: whoever asked has been told, or is gone. */
function buryWaiting(state: ExchangeState, receiver: string, reason: string): void {
  for (const kept of state.exchange.waiting.get(receiver) ?? []) {
    if (!kept.given && isWanted(state.exchange, kept)) bury(state, kept.message, reason);
  }
}
