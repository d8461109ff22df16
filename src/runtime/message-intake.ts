/** Taking in what somebody says: who it is for, and what it means for the questions and sync points of the run. */
import { crc32 } from 'node:zlib';
import type { CoordinationMessage } from '../protocol/coordination.ts';
import { attemptId } from '../protocol/ids.ts';
import { refusal, runAnswer } from '../protocol/run-answer.ts';
import { type Exchange, type ExchangeState, keep, PERSONA, type Standing } from './exchange.ts';
import { bury, close, nobody, refuse } from './message-refusal.ts';

/** How long an answer is waited for where the question does not say, ms. */
const DEFAULT_DEADLINE_MS = 30_000;

/** What became of a message. `late`: its sender is over, or what it answers is; `repeated`: it was said before. Neither changes anything. */
export type Intake = 'taken' | 'late' | 'repeated';

/** Takes a message in: the fact `message.sent`. */
export function takeMessage(state: ExchangeState, message: CoordinationMessage): Intake {
  const { exchange } = state;
  const heard = hear(exchange, message);
  if (heard !== 'taken') return heard;
  if (message.kind === 'response') return takeAnswer(exchange, message);
  if (message.kind === 'sync') takeArrival(state, message);
  else if (message.to.startsWith(PERSONA)) takeForPersona(exchange, message);
  else takeForStep(state, message);
  return 'taken';
}

/** Whether the sender may still say it, and says it for the first time. An attempt that began again may say something else in its place. */
function hear(exchange: Exchange, message: CoordinationMessage): Intake {
  const { id, from, kind, to, body, inReplyTo } = message;
  const sender = exchange.atWork.get(from);
  if (from === 'outside') return 'taken';
  if (sender === undefined || !id.startsWith(`${attemptId(from, sender.attempt)}:`)) return 'late';
  const said = crc32(JSON.stringify([kind, to, body, inReplyTo]));
  if (sender.sent?.get(id) === said) return 'repeated';
  sender.sent ??= new Map();
  sender.sent.set(id, said);
  close(exchange, id, null);
  return 'taken';
}

function takeAnswer(exchange: Exchange, message: CoordinationMessage): Intake {
  const { from, inReplyTo } = message;
  const question = inReplyTo === null ? undefined : exchange.questions.get(inReplyTo);
  if (question === undefined || !question.receivers.has(from)) return 'late';
  close(exchange, question.message.id, message.id);
  keep(exchange, question.message.from, message);
  return 'taken';
}

function takeArrival(state: ExchangeState, message: CoordinationMessage): void {
  const { exchange } = state;
  const { from, to } = message;
  const { path, standing } = resolve(exchange, from, to);
  if (standing.kind === 'synced') {
    const { output, error } = standing;
    keep(exchange, from, error === null ? runAnswer(message, output) : refusal(message, error));
  } else if (standing.kind !== 'sync') {
    refuse(state, message, nobody(`there is no sync point ${to}`, hintFor(standing)));
  } else {
    // who has arrived is told when the point completes, which may be at once
    const there = exchange.arrivals.get(path);
    if (there === undefined) exchange.arrivals.set(path, [message]);
    else there.push(message);
    if (exchange.hooks.arrived(path, from)) return;
    exchange.arrivals.set(
      path,
      (exchange.arrivals.get(path) ?? []).filter((other) => other !== message),
    );
    refuse(state, message, nobody(`${from} is no member of the sync point ${to}`, 'name the step among the members of the sync point'));
  }
}

function takeForPersona(exchange: Exchange, message: CoordinationMessage): void {
  const persona = message.to.slice(PERSONA.length);
  const there = [...exchange.atWork].filter(([path, correspondent]) => correspondent.persona === persona && path !== message.from);
  const receivers = there.map(([path]) => path);
  ask(exchange, message, receivers);
  for (const receiver of receivers.length === 0 ? [message.to] : receivers) keep(exchange, receiver, message);
}

function takeForStep(state: ExchangeState, message: CoordinationMessage): void {
  const { exchange } = state;
  const { path, standing } = resolve(exchange, message.from, message.to);
  if (standing.kind === 'task') {
    ask(exchange, message, [path]);
    keep(exchange, path, message);
    return;
  }
  const error =
    standing.kind === 'ended'
      ? nobody(`${message.to} has ended`, 'a message reaches a step before it has ended')
      : standing.kind === 'unknown'
        ? nobody(`there is no step ${message.to}`, hintFor(standing))
        : nobody(`${message.to} takes no messages: no agent works on it`, 'send to a task, or to "persona:<name>"');
  refuse(state, message, error);
  bury(state, message, error.message);
}

function ask({ questions, hooks }: Exchange, message: CoordinationMessage, receivers: readonly string[]): void {
  if (message.kind !== 'query') return;
  questions.set(message.id, { message, receivers: new Set(receivers) });
  hooks.asked(message.id, message.deadlineMs ?? DEFAULT_DEADLINE_MS);
}

/** A name is looked for in the sender's own workflow first, then in those around it, up to the run's. */
function resolve({ hooks }: Exchange, from: string, to: string): { readonly path: string; readonly standing: Standing } {
  let around = from.slice(0, from.lastIndexOf('/') + 1);
  while (true) {
    const path = around + to;
    const standing = hooks.standing(path);
    if (standing.kind !== 'unknown' || around === '') return { path, standing };
    around = around.slice(0, around.lastIndexOf('/', around.length - 2) + 1);
  }
}

function hintFor(standing: Standing): string {
  if (standing.kind === 'unknown' && standing.meant !== null) return `did you mean ${standing.meant}?`;
  return 'name a step of this workflow, or of one around it';
}
