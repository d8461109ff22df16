/**
 * What can be done when work lacks something: a list of ways, each at most once for a request, and the order in which they are tried. A way that
 * was tried is not proposed again, so that whoever follows the plan and asks again is done after five rounds at the most.
 */
import { TOKEN_WINDOW_MS } from '../definition/token-rate.ts';
import type { Shortage } from './lease-decision.ts';
import { shortageInWords } from './lease-refusal.ts';
import { type Claim, claimed } from './resource-account.ts';
import { added, type LimitKind } from './resource-amounts.ts';

/** The ways, from what costs least to what costs a person's time. */
export const STRATEGIES = ['reduce_parallelism', 'batch', 'lighter_agent', 'wait', 'ask_person'] as const;

/** A way out of a shortage. */
export type Strategy = (typeof STRATEGIES)[number];

/** What is saved at once: so much of a kind; null where nothing is saved but only time passes. */
export interface Saving {
  readonly kind: LimitKind;
  readonly amount: number;
}

/** One step of the plan. Plain JSON. */
export type ShortageStep = { readonly why: string; readonly saves: Saving | null } & (
  | { readonly use: 'reduce_parallelism'; readonly atOnce: number }
  /** One every so many ms, so that a minute contains no more than the limit. */
  | { readonly use: 'batch'; readonly everyMs: number }
  | { readonly use: 'lighter_agent'; readonly agent: string }
  /** Until then, ms since the epoch, at least; null: until somebody gives something back. */
  | { readonly use: 'wait'; readonly until: number | null }
  /** So much more would have to be allowed; null for what no number helps. */
  | { readonly use: 'ask_person'; readonly raise: Saving | null }
);

/** A shortage and what could be done about it. */
export interface ShortageSituation {
  readonly why: Shortage;
  /** False when it was refused: then only asking for less, or more to be allowed, helps. */
  readonly mayWait: boolean;
  /** Requests that want the same at the same time, this one and those that hold it included. */
  readonly alike: number;
  /** Another agent that could do the work, and what it would take; null when there is none. */
  readonly lighter: (Claim & { readonly agent: string }) | null;
  /** Whether there is somebody to ask. */
  readonly mayAsk: boolean;
  /** What was tried for this request before. */
  readonly tried: readonly Strategy[];
}

/** Which ways help against what, in this order. */
const WAYS: Readonly<Record<Shortage['kind'], readonly Strategy[]>> = {
  memoryMb: ['reduce_parallelism', 'lighter_agent', 'wait', 'ask_person'],
  cpu: ['reduce_parallelism', 'lighter_agent', 'wait', 'ask_person'],
  io: ['reduce_parallelism', 'lighter_agent', 'wait', 'ask_person'],
  concurrency: ['reduce_parallelism', 'wait', 'ask_person'],
  tokens: ['lighter_agent', 'wait', 'ask_person'],
  tokensPerMinute: ['batch', 'lighter_agent', 'wait', 'ask_person'],
  lock: ['wait', 'ask_person'],
  turn: ['wait'],
  deadline: ['ask_person'],
  record: ['wait'],
};

/** What to do about a shortage, in this order; empty when nothing is left. Each way stands in it at most once, and none that was tried. */
export function shortagePlan(situation: ShortageSituation): readonly ShortageStep[] {
  return WAYS[situation.why.kind].flatMap((use) => (situation.tried.includes(use) ? [] : stepOf(use, situation)));
}

function stepOf(use: Strategy, situation: ShortageSituation): ShortageStep[] {
  const { why, mayWait, mayAsk } = situation;
  const lacks = `it lacks ${shortageInWords(why)}`;
  if (use === 'wait') return mayWait ? [{ use, until: why.until, saves: null, why: lacks }] : [];
  if (use === 'ask_person') return mayAsk ? [{ use, raise: raiseFor(why), saves: null, why: lacks }] : [];
  if (!('account' in why)) return [];
  if (use === 'lighter_agent') return lighterStep(situation, why, lacks);
  return mayWait ? sparingStep(use, why, situation.alike) : [];
}

type AmountShortage = Extract<Shortage, { readonly account: string }>;

function raiseFor(why: Shortage): Saving | null {
  return 'account' in why ? { kind: why.kind, amount: Math.max(0, added(why.needed, -why.free)) } : null;
}

function lighterStep({ lighter, mayWait }: ShortageSituation, why: AmountShortage, lacks: string): ShortageStep[] {
  if (lighter === null) return [];
  const needs = claimed(lighter, why.kind);
  if (needs >= why.needed || (!mayWait && needs > why.free)) return [];
  return [
    {
      use: 'lighter_agent',
      agent: lighter.agent,
      saves: { kind: why.kind, amount: added(why.needed, -needs) },
      why: `${lacks}; ${lighter.agent} would do with ${needs}`,
    },
  ];
}

function sparingStep(use: 'reduce_parallelism' | 'batch', { kind, needed, limit }: AmountShortage, alike: number): ShortageStep[] {
  const fit = Math.floor(limit / needed);
  if (fit < 1) return [];
  const saves = { kind, amount: added(needed * Math.max(0, alike - fit), 0) };
  if (use === 'batch') {
    const everyMs = Math.ceil(TOKEN_WINDOW_MS / fit);
    return [{ use, everyMs, saves, why: `a minute has room for ${fit} of ${needed} tokens` }];
  }
  return [{ use, atOnce: fit, saves, why: `there is room for ${fit} at once that need ${needed} each` }];
}
