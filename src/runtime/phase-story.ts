/** What a run remembers of its phases and of the ways back between them. */
import type { GateResult } from '../policy/gate.ts';
import type { SharedContext } from '../policy/shared-context.ts';
import type { Json } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';

/**
 * How a round of a phase ended. `continued`: the gate did not hold, and it went on anyhow; `reworked`: its members ran again; `sent_back`: it sent the
 * work back to an earlier phase; `called_back`: a later one did.
 */
export type PhaseResult = 'passed' | 'continued' | 'reworked' | 'sent_back' | 'called_back' | 'failed' | 'skipped' | 'cancelled';

/** One round of a phase. */
export interface PhaseRound {
  /** From 1. */
  readonly round: number;
  /** Ms since the epoch (virtual in simulation). */
  readonly startedAt: number;
  endedAt: number | null;
  /** Null while it goes on. */
  result: PhaseResult | null;
  /** How many of its steps ended how; null until the members have ended. */
  counts: Readonly<Record<StepOutcome, number>> | null;
  /** How its gate was found; null until it has been examined. */
  gate: GateResult | null;
  /** What was found and given to another round; null where nothing was. */
  findings: Json;
}

/** A phase from its first round on. */
export interface PhaseStory {
  readonly rounds: PhaseRound[];
  /** What it was told by its own gate in its present life. */
  reworks: FeedbackRound[];
  /** What the persona of its gate has answered last. */
  answer: StepSettled | null;
  /** The shared context as it was when it was entered last; null where there is none. */
  before: SharedContext | null;
  /** What its person has decided last. */
  decision: StepSettled | null;
  /** Of one that was taken over and has not been entered since: how often its members had run again. */
  reruns?: number;
}

/** What the steps of another round are given, as `feedback`: one of these for each round that was not the last. */
export interface FeedbackRound {
  /** From 1: which round of the phase that found it. */
  readonly round: number;
  /** Id of that phase. */
  readonly from: string;
  readonly findings: Json;
}
