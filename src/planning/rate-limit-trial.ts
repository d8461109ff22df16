/** What a limit on tokens per minute costs those who heed it and those who find out by being refused. */

import { tokenHoldMs } from '../definition/token-rate.ts';
import { backoffDelay } from '../policy/backoff.ts';
import { EventQueue } from './event-queue.ts';
import { demandOn, type Limits } from './limits.ts';
import type { TaskGraph } from './task-graph.ts';

/** How to try. */
export interface RateLimitTrial {
  /** `places` and `tokensPerMinute` count. */
  readonly limits: Limits & { readonly tokensPerMinute: number };
  /** By task: the lowest of the ready ones starts first. */
  readonly priority: readonly number[];
  /** Whether a task waits until there is room for the tokens it is expected to use. */
  readonly heedsTokens: boolean;
  /** The limits that are kept to, where they are tighter than those of the API: those of a plan that leaves air. */
  readonly heeded?: Limits;
  /** By task: how many times as many tokens it uses as expected. Default 1. */
  readonly overuse?: readonly number[];
}

/** What came of it. */
export interface RateLimitOutcome {
  readonly makespanMs: number;
  readonly refusedCalls: number;
  /** Tokens of calls that were refused. */
  readonly wastedTokens: number;
  /** Tokens of the work itself. */
  readonly usedTokens: number;
}

/** The share of a task's tokens that a refused call has sent in vain: its question, but no answer. */
const QUESTION_SHARE = 0.25;

/** Patience with a limit: 2 s, doubled, up to a minute, which is what the limit counts by. */
const PATIENCE = { delayMs: 2000, factor: 2, maxDelayMs: 60_000, jitter: 0 };

/**
 * Runs a graph against an API that refuses a call when it would exceed the tokens per minute. A refused task keeps its place and calls
 * again with growing patience. What a task needs of the limit is that of `tokenRate`, at most all of it: alone, everything gets through.
 */
export function rateLimitTrial(graph: TaskGraph, trial: RateLimitTrial): RateLimitOutcome {
  const { limits, priority, heedsTokens, overuse, heeded = limits } = trial;
  const size = graph.nodes.length;
  const expected = graph.nodes.map((node) => Math.min(limits.tokensPerMinute, demandOn('tokensPerMinute', node)));
  const truly = expected.map((rate, at) => Math.min(limits.tokensPerMinute, rate * (overuse?.[at] ?? 1)));
  const tokensOf = (at: number) => (graph.nodes[at]?.demands?.tokens ?? 0) * (overuse?.[at] ?? 1);
  const most = limits.tokensPerMinute * (1 + 1e-9);
  const mostPlanned = (heeded.tokensPerMinute ?? limits.tokensPerMinute) * (1 + 1e-9);
  const open = graph.predecessors.map(({ length }) => length);
  const ready = new EventQueue(size);
  // A task's end, the end of its hold on tokens, and its next call are three numbers.
  const events = new EventQueue(3 * size);
  const refusals: number[] = new Array(size).fill(0);
  const outcome = { makespanMs: 0, refusedCalls: 0, wastedTokens: 0, usedTokens: 0 };
  let now = 0;
  let places = Math.min(limits.places, heeded.places);
  let planned = 0;
  let held = 0;

  const call = (at: number): void => {
    const { ms = 0 } = graph.nodes[at] ?? {};
    const rate = truly[at] ?? 0;
    if (rate > 0 && held + rate > most) {
      refusals[at] = (refusals[at] ?? 0) + 1;
      outcome.refusedCalls += 1;
      outcome.wastedTokens += QUESTION_SHARE * tokensOf(at);
      events.push(now + backoffDelay(PATIENCE, refusals[at] ?? 1, 0), 2 * size + at);
      return;
    }
    held += rate;
    outcome.usedTokens += tokensOf(at);
    outcome.makespanMs = Math.max(outcome.makespanMs, now + ms);
    events.push(now + ms, at);
    events.push(now + tokenHoldMs(ms), size + at);
  };
  const startWhatFits = (): void => {
    while (ready.size > 0 && places >= 1) {
      const rate = expected[ready.next] ?? 0;
      if (heedsTokens && rate > 0 && planned > 0 && planned + rate > mostPlanned) return;
      places -= 1;
      planned += rate;
      call(ready.pop());
    }
  };
  const end = (at: number): void => {
    places += 1;
    for (const next of graph.successors[at] ?? []) {
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) ready.push(priority[next] ?? 0, next);
    }
  };

  open.forEach((count, at) => {
    if (count === 0) ready.push(priority[at] ?? 0, at);
  });
  startWhatFits();
  while (events.size > 0) {
    now = events.nextAt;
    const event = events.pop();
    const at = event % size;
    if (event < size) end(at);
    else if (event < 2 * size) {
      held -= truly[at] ?? 0;
      planned -= expected[at] ?? 0;
    } else call(at);
    if (events.nextAt > now) startWhatFits();
  }
  return outcome;
}
