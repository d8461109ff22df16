/**
 * The exchange of a run: what its members say to each other, on its way. A message is a fact; whoever it is for gets it as an effect, at
 * the end of the delivery in which both are there, the message and an attempt of the receiver.
 *
 * Laws: 1. A message is given to every attempt of its receiver until the step has settled, to each of them once.
 *       2. A question is answered, refused or timed out: one of them, once. What comes later is recorded and never delivered.
 *       3. Who has to wait in vain is told so: the run itself refuses, and says why.
 *       4. What nobody was ever given is a dead letter.
 *       5. An attempt that begins again after a crash says everything again under the same ids; it is taken in once.
 */
import type { CoordinationMessage } from '../protocol/coordination.ts';
import type { Effect } from '../protocol/effects.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';

/** What stands at a path, for somebody who sends a message there. `ended` is a step that takes no more, `other` one that never does. */
export type Standing =
  | { readonly kind: 'task' | 'sync' | 'ended' | 'other' }
  /** A sync point that is over. */
  | { readonly kind: 'synced'; readonly output: Json; readonly error: ErrorData | null }
  /** `meant`: the nearest path, or null. */
  | { readonly kind: 'unknown'; readonly meant: string | null };

/** What the exchange needs of its run. */
export interface ExchangeHooks {
  standing(path: string): Standing;
  /** A question is open: its request begins. */
  asked(request: string, deadlineMs: number): void;
  /** A question is over before its deadline: answered by the message `answer`, or of no use any more (null). */
  closed(request: string, answer: string | null): void;
  /** A step has come to a sync point while at work. False when it is none of its members. */
  arrived(sync: string, member: string): boolean;
}

/** A message on its way. */
export interface Kept {
  /** Its place among all that were taken in. */
  readonly place: number;
  readonly message: CoordinationMessage;
  /** Whether an attempt was given it. */
  given: boolean;
}

/** An attempt that can be spoken to. */
export interface Correspondent {
  readonly attempt: number;
  readonly persona: string | null;
  /** By message id: a checksum of what it has said. */
  sent: Map<string, number> | null;
  /** What it was given, in order. */
  given: Kept[];
}

/** A question without an answer. */
export interface Question {
  readonly message: CoordinationMessage;
  /** Paths of the steps that have it, or will. */
  readonly receivers: Set<string>;
}

/** A message that could not be delivered, kept for a person. */
export interface DeadLetter {
  readonly message: CoordinationMessage;
  /** Why not, in one clause. */
  readonly reason: string;
  /** Ms since the epoch (virtual in simulation). */
  readonly at: number;
}

/** Everything that is on its way in a run. */
export interface Exchange {
  readonly hooks: ExchangeHooks;
  /** By path: the attempt at work. */
  readonly atWork: Map<string, Correspondent>;
  /** By receiver, a path or `persona:<name>`: what is to be delivered, in the order in which it was taken in. */
  readonly waiting: Map<string, Kept[]>;
  /** By message id. */
  readonly questions: Map<string, Question>;
  /** By path of a sync point: the messages of those who have come to it and are to be told. */
  readonly arrivals: Map<string, CoordinationMessage[]>;
  readonly deadLetters: DeadLetter[];
  /** By path: what a step was ever given. */
  readonly toldTo: Map<string, CoordinationMessage[]>;
  /** Steps at work for which something waits. */
  readonly due: Set<string>;
  /** How many messages were taken in. */
  taken: number;
}

/** The part of a run's state that the exchange works on. */
export interface ExchangeState {
  readonly exchange: Exchange;
  readonly clock: { now(): number };
  readonly outbox: Effect[];
}

/** Stands before the name of a persona in the place of a receiver. */
export const PERSONA = 'persona:';

/** The exchange of a run that begins. */
export function openExchange(hooks: ExchangeHooks): Exchange {
  return {
    hooks,
    atWork: new Map(),
    waiting: new Map(),
    questions: new Map(),
    arrivals: new Map(),
    deadLetters: [],
    toldTo: new Map(),
    due: new Set(),
    taken: 0,
  };
}

/** Keeps a message for a receiver until somebody is there to be given it, at the earliest the end of the delivery under way. */
export function keep(exchange: Exchange, receiver: string, message: CoordinationMessage): void {
  putBack(exchange, receiver, [{ place: exchange.taken++, message, given: false }]);
}

/** Keeps messages for a receiver that have a place already. */
export function putBack({ atWork, waiting, due }: Exchange, receiver: string, kept: readonly Kept[]): void {
  if (kept.length === 0) return;
  const before = waiting.get(receiver);
  waiting.set(receiver, before === undefined ? [...kept] : [...before, ...kept].sort((one, other) => one.place - other.place));
  if (atWork.has(receiver)) due.add(receiver);
}

/** False for a question that has been answered, refused or withdrawn, or that was asked otherwise since: nobody is to be given it any more. */
export function isWanted({ questions }: Exchange, { message }: Kept): boolean {
  return message.kind !== 'query' || questions.get(message.id)?.message === message;
}
