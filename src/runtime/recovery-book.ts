/** What a run remembers of what was tried to recover its steps. */
import type { RecoveryStrategy, RecoveryUse } from '../definition/recovery-settings.ts';
import type { FailureKind } from '../policy/failure-kinds.ts';
import type { RecoveryTally } from '../policy/recovery-choice.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type { LiveActor } from './actor-system.ts';

/**
 * One thing that happened to the recovery of a step. `begun`: something is tried, because of `error`; then what became of it: `recovered`, `failed`
 * (with the error that it has failed with) or `cancelled`. `exhausted`: nothing is left to be tried.
 */
export interface RecoveryNote {
  /** ms since the epoch (virtual in simulation). */
  readonly at: number;
  readonly step: string;
  readonly what: 'begun' | 'recovered' | 'failed' | 'cancelled' | 'exhausted';
  /** What was tried; null where nothing was. */
  readonly use: RecoveryUse | null;
  /** How often this was tried for the step in this life of the run, this time included, and how often it may be. */
  readonly time: number;
  readonly budget: number;
  /** How good it looked, from 0 to 1. */
  readonly score: number;
  /** Who has taken the step over. */
  readonly persona: string | null;
  readonly error: ErrorData | null;
  readonly failure: FailureKind | null;
}

/** Who begins anew: members of a group; `inSequence`: from then on one after the other. */
export interface Beginners {
  /** Path of the group. */
  readonly group: string;
  readonly members: ReadonlySet<number>;
  readonly inSequence: boolean;
  /** Id of the step from which they do: a checkpoint gives the shared context back as it was there. */
  readonly from?: string;
  /** Whether they were called back already: another call to the group comes first. */
  isCalled: boolean;
}

/** The recovery of a step under way. */
export interface LiveRecovery {
  readonly step: string;
  readonly strategies: readonly RecoveryStrategy[];
  readonly actor: LiveActor;
  /** What the step has failed with last. */
  error: ErrorData;
  thrown: boolean;
  /** What is tried; null before anything is. */
  tried: RecoveryNote | null;
  strategy: RecoveryStrategy | null;
  /** Who is being called back; null for nobody. */
  back: Beginners | null;
  /** The question to a person, and what it was asked with. */
  question: LiveActor | null;
  askedAt: number;
  /** Calls back whoever is to begin anew, where that had to wait. */
  readonly resume: () => void;
  /** What a person has given as the result. */
  given: { readonly output: Json; readonly by: string } | null;
  /** Lets the step stand again for what it stood for before a person was asked. */
  restore: () => void;
}

/** All recoveries of a run. */
export interface RecoveryBook {
  /** Everything that happened, in order; of earlier lives, too. */
  readonly log: RecoveryNote[];
  readonly live: Map<string, LiveRecovery>;
  /** By step, by place of the strategy: how often it was tried in this life of the run. */
  readonly used: Map<string, number[]>;
  /** Steps whose members run one after the other from now on. */
  readonly inSequence: Set<string>;
}

/** The book of a run in which nothing has failed yet. */
export function openRecoveryBook(): RecoveryBook {
  return { log: [], live: new Map(), used: new Map(), inSequence: new Set() };
}

/** How often each way was tried in the run so far, and how often it helped. */
export function learnedSoFar({ log }: RecoveryBook): Partial<Record<RecoveryUse, RecoveryTally>> {
  const learned: Partial<Record<RecoveryUse, RecoveryTally>> = {};
  for (const { what, use } of log) {
    if (use === null || (what !== 'recovered' && what !== 'failed')) continue;
    const { tried, helped } = learned[use] ?? { tried: 0, helped: 0 };
    learned[use] = { tried: tried + 1, helped: helped + (what === 'recovered' ? 1 : 0) };
  }
  return learned;
}
