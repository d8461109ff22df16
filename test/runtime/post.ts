/** An exchange with nothing around it but paths and what stands there: members come, speak and go as the test says. */
import type { CoordinationMessage, MessageKind } from '../../src/protocol/coordination.ts';
import type { Effect } from '../../src/protocol/effects.ts';
import { type ExchangeState, openExchange, type Standing } from '../../src/runtime/exchange.ts';
import { deliverMessages } from '../../src/runtime/message-delivery.ts';
import { type Intake, takeMessage } from '../../src/runtime/message-intake.ts';
import { attemptBegan, attemptEnded, stepEnded } from '../../src/runtime/message-receivers.ts';

export interface Post {
  readonly state: ExchangeState & { outbox: Effect[] };
  /** What the exchange told its run: `asked a#1:1 30000`, `closed a#1:1 b#1:1`, `arrived gate a`. */
  readonly told: string[];
  readonly begin: (path: string, attempt?: number, persona?: string) => void;
  readonly end: (path: string, attempt?: number) => void;
  readonly settle: (path: string) => void;
  /** Takes a message in; its id is the next one of the sender's attempt unless it is given. */
  readonly say: (from: string, to: string, more?: Partial<CoordinationMessage>) => CoordinationMessage;
  readonly take: (message: CoordinationMessage) => Intake;
  /** Ends the delivery: `step#attempt ← message id`, in order. */
  readonly deliver: () => string[];
  /** The bodies of the last delivery, in order. */
  readonly bodies: () => CoordinationMessage['body'][];
}

/** `places`: what stands at each path; tasks where nothing is said. */
export function aPost(tasks: readonly string[], places: Readonly<Record<string, Standing>> = {}, members: readonly string[] = tasks): Post {
  const told: string[] = [];
  const settled = new Set<string>();
  const state: Post['state'] = {
    clock: { now: () => 7 },
    outbox: [],
    exchange: openExchange({
      standing: (path) => {
        if (settled.has(path)) return { kind: 'ended' };
        return places[path] ?? (tasks.includes(path) ? { kind: 'task' } : { kind: 'unknown', meant: null });
      },
      asked: (request, deadlineMs) => told.push(`asked ${request} ${deadlineMs}`),
      closed: (request, answer) => told.push(`closed ${request} ${answer}`),
      arrived: (sync, member) => {
        told.push(`arrived ${sync} ${member}`);
        return members.includes(member);
      },
    }),
  };
  const counts = new Map<string, number>();
  const idOf = (from: string): string => {
    const attempt = from === 'outside' ? 'outside' : `${from}#${state.exchange.atWork.get(from)?.attempt ?? 1}`;
    counts.set(attempt, (counts.get(attempt) ?? 0) + 1);
    return `${attempt}:${counts.get(attempt)}`;
  };
  const effects = () => state.outbox.flatMap((effect) => (effect.type === 'message.deliver' ? [effect] : []));
  return {
    state,
    told,
    begin: (path, attempt = 1, persona = '') => attemptBegan(state, path, attempt, persona === '' ? null : persona),
    end: (path, attempt = 1) => attemptEnded(state, path, attempt),
    settle: (path) => {
      settled.add(path);
      stepEnded(state, path);
    },
    say: (from, to, more = {}) => {
      const kind: MessageKind = more.kind ?? 'notify';
      const message = {
        id: idOf(from),
        kind,
        from,
        to,
        priority: 'medium',
        body: null,
        inReplyTo: null,
        deadlineMs: null,
        ...more,
      } as const;
      takeMessage(state, message);
      return message;
    },
    take: (message) => takeMessage(state, message),
    deliver: () => {
      state.outbox = [];
      deliverMessages(state);
      return effects().map(({ step, attempt, message }) => `${step}#${attempt} ← ${message.id}`);
    },
    bodies: () => effects().map(({ message }) => message.body),
  };
}
