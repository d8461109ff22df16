/** A step as people look at it. */
import type { TokenCount } from '../policy/budget.ts';
import type { FailureClass } from '../policy/failure-class.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { AgentChosen } from '../protocol/facts.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { ApprovalEntry } from './approval-book.ts';
import type { Question } from './question-view.ts';

/** A step as it stands in its run. */
export interface StepView {
  /** Path in the run: its id, prefixed by the nested workflows it stands in. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly persona: string | null;
  /** Who was given its latest attempt, and why; null where there was no choice. */
  readonly chosen: AgentChosen | null;
  /** How deep it is nested; 0 for steps of the workflow itself. */
  readonly depth: number;
  /** The state of its statechart, `pending` before it is launched, or its outcome. */
  readonly state: string;
  readonly outcome: StepOutcome | null;
  /** Attempts so far. */
  readonly attempts: number;
  /** ms since the epoch (virtual in simulation), or null. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly error: ErrorData | null;
  /** What sort of failure it ended with, or its last attempt did that is tried again; null where there is none. */
  readonly failure: FailureClass | null;
  /** Path of the step that stood in for it, so that its failure counts for nothing; null for most steps. */
  readonly replacedBy: string | null;
  /** One sentence: what it waits for, or why it ended as it did. */
  readonly why: string | null;
  /** The signal it waits for, while it does nothing else. */
  readonly signal: string | null;
  /** What it asks people, while it does. */
  readonly question: Question | null;
  /** What people were asked by it and have said, in order. */
  readonly audit: readonly ApprovalEntry[];
  /** How much of its work an agent says it has done, percent; null where it has not said. */
  readonly progress: number | null;
  /** What an agent says it is doing. */
  readonly phase: string | null;
  /** Why an agent says it cannot go on. */
  readonly blocked: string | null;
  /** The version of the shared context that its attempt works on. */
  readonly contextVersion: number | null;
  /** What it has spent of the run's budget and reserved, in tokens; null where it has nothing to do with one. */
  readonly tokens: TokenCount | null;
  /** It has failed and completed all the same, with less than it should have made. */
  readonly degraded: boolean;
}
