/** What makes a group a phase: its gate, and where it sends work back to. */

import type { ApprovalTerms } from './approval-terms.ts';

/** How often work is sent back, or done again, where nothing else is said. */
export const MAX_FEEDBACK_LOOPS = 3;

/**
 * What happens when a gate does not hold. `retry`: members that have not completed run again, or all of them where each has completed.
 * `rework`: all run again, and are given what was found. `continue`: the phase completes all the same. `stop`: the phase fails.
 */
export type GateFailurePolicy = 'retry' | 'rework' | 'continue' | 'stop';

/** What must hold before a phase has passed; everything that is given must. Without `rate`, the members must be joined as their group says. */
export interface GateSettings {
  /** From 0 to 1: the share of completed among the steps that ran. Failures of members are then the gate's to judge. */
  readonly rate?: number;
  /** Condition. */
  readonly check?: string;
  /** By path into the outputs of steps (`tests.coverage`): the least it may be. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Who is asked once all else holds; its verdict counts. */
  readonly persona?: string;
  /** Who checks it once everything else holds, the persona included. */
  readonly person?: ApprovalTerms;
  readonly onFailure: GateFailurePolicy;
  /** With `retry` and `rework`: how often. */
  readonly max: number;
  /** With `retry` and `rework`: where all members run again, what they wrote to the shared context is taken back. Absent: it stays. */
  readonly takeBack?: boolean;
}

/** A way back to an earlier phase. */
export interface FeedbackSettings {
  /** Id of a phase beside this one that ends before it begins. */
  readonly to: string;
  /** Condition under which work goes back. Absent: when the gate does not hold; without a gate, when a member’s verdict is not a pass. */
  readonly when?: string;
  /** What is sent along: a path into the outputs of steps, or a template. Absent: what the gate has found. */
  readonly findings?: string;
  /** How often; 0 for never. */
  readonly max: number;
  /** What those who run again wrote to the shared context since the earlier phase began is taken back. Absent: it stays. */
  readonly takeBack?: boolean;
  /** Who is asked how to go on once the rounds are used up, or the findings have not changed. Absent: the gate says. */
  readonly escalate?: ApprovalTerms;
}

/** What makes a group a phase. */
export interface PhaseSettings {
  /**
   * Id of its only member, where it is there for the sake of that one, which sends work back by itself: work goes back only once that has
   * completed, and what that has made is the output of the phase. Absent: a phase as it is written.
   */
  readonly around?: string;
  readonly gate?: GateSettings;
  readonly feedback?: FeedbackSettings;
}

/** What a step that is no phase says of a way back. */
export interface MaySendBack {
  /** Where it sends work back to. Only while a workflow is read: what comes out of a reader has a phase around the step instead. */
  readonly feedback?: FeedbackSettings;
}
