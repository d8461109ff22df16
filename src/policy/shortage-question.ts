/** What a person is asked when work lacks something that only a higher limit brings, and what they may answer. */
import { quoted } from '../definition/printable.ts';
import { type ErrorData, TroupeError } from '../protocol/errors.ts';
import type { Task } from '../protocol/task.ts';
import { accountInWords } from './account-in-words.ts';
import type { Shortage } from './lease-decision.ts';
import { KIND_WORDS, shortageInWords } from './lease-refusal.ts';
import { added, type LimitKind } from './resource-amounts.ts';

/** An open question. Plain JSON. */
export interface ShortageQuestion {
  /** That of the attempt, `run/step#attempt`: after a crash the same is asked under the same id. */
  readonly id: string;
  readonly run: string;
  readonly step: string;
  readonly name: string;
  readonly account: string;
  readonly kind: LimitKind;
  readonly needed: number;
  /** The limit when it was asked. */
  readonly limit: number;
  /** By so much the limit would have to be raised at least. */
  readonly lacking: number;
  /** ms since the epoch. */
  readonly askedAt: number;
}

/** What a person says: by how much the limit is raised, or that it is not, and why. */
export type ShortageAnswer = { readonly raise: number } | { readonly refuse: string };

/** The question that a shortage comes to; null where no higher limit helps. `now`: ms since the epoch. */
export function shortageQuestion({ key, run, step, name }: Task, why: Shortage, now: number): ShortageQuestion | null {
  if (!('account' in why)) return null;
  const { account, kind, needed, free, limit } = why;
  const lacking = added(needed, -free);
  return lacking > 0 ? { id: key, run, step, name, account, kind, needed, limit, lacking, askedAt: now } : null;
}

/** The question in one sentence: `the runtime lacks 4,000 tokens for draft of run r1: how many more are allowed?` */
export function questionInWords({ account, kind, lacking, step, run }: ShortageQuestion): string {
  return `${accountInWords(account)} lacks ${lacking.toLocaleString('en')} ${KIND_WORDS[kind]} for ${step} of run ${run}: how many more are allowed?`;
}

/**
 * The answer, once it is one.
 *
 * @throws TroupeError ANSWER_REFUSED for anything else, and for less than what is lacking
 */
export function checkedShortageAnswer({ id, lacking, kind }: ShortageQuestion, answer: unknown): ShortageAnswer {
  const { raise, refuse } = (typeof answer === 'object' && answer !== null ? answer : {}) as { readonly [said: string]: unknown };
  if (typeof refuse === 'string' && raise === undefined) return { refuse };
  if (typeof raise === 'number' && Number.isFinite(raise) && raise >= lacking && refuse === undefined) return { raise };
  throw new TroupeError('ANSWER_REFUSED', `${quoted(JSON.stringify(answer) ?? 'nothing')} is no answer to what ${id} lacks`, {
    hint: `say { raise: ${lacking} } or more (${KIND_WORDS[kind]}), or { refuse: 'why not' }`,
    retryable: false,
  });
}

/** Nobody is asked that. */
export const noSuchShortage = (id: string): TroupeError =>
  new TroupeError('ANSWER_REFUSED', `nobody is asked what ${id} lacks`, {
    hint: 'it may have been answered, or have ended, meanwhile',
    retryable: false,
  });

/** The error of a task that a person gives no more: RESOURCE_EXHAUSTED, because of APPROVAL_REJECTED. */
export function notGranted({ id, step, account, kind, lacking }: ShortageQuestion, reason: string): ErrorData {
  return {
    code: 'RESOURCE_EXHAUSTED',
    message: `${id} lacks ${lacking} ${KIND_WORDS[kind]} of ${accountInWords(account)}, and is given no more`,
    where: `step ${step}`,
    hint: 'raise the limit, or let it ask for less',
    retryable: false,
    cause: { code: 'APPROVAL_REJECTED', message: reason },
  };
}

/** The error of a task that lacks something in a house in which nobody waits: RESOURCE_EXHAUSTED, to be tried again. */
export function notWaitedFor({ key, step }: Task, why: Shortage): ErrorData {
  return {
    code: 'RESOURCE_EXHAUSTED',
    message: `${key} lacks ${shortageInWords(why)}, and nobody waits here`,
    where: `step ${step}`,
    hint: 'try again later, or let tasks wait for what they lack (onShortage)',
    retryable: true,
  };
}
