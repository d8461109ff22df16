/** The plan of a workflow as people and programs read it. Ids of tasks are paths of steps; joints of blocks are left out. */
import type { Conflict } from './conflicts.ts';
import type { PlannedLoop } from './expected-rounds.ts';
import type { Outlook } from './monte-carlo.ts';
import type { Opportunity } from './opportunities.ts';
import type { ParallelGroup } from './parallel-groups.ts';
import type { PlannedBudget } from './planned-budgets.ts';
import type { Requirements } from './requirements.ts';
import type { RejectedOption, ScheduleOption } from './schedule-options.ts';
import type { SyncPoint } from './sync-points.ts';
import type { DurationSource } from './task-origin.ts';

/** A task in its plan. Times in ms after the start of the run. */
export interface PlacedTask {
  readonly id: string;
  readonly name: string;
  /** The type of its step; null where the graph was given. */
  readonly type: string | null;
  readonly persona: string | null;
  /** 1 for what can start at once; otherwise one more than the highest level it waits for. */
  readonly level: number;
  readonly ms: number;
  /** Where its duration comes from; null where the graph was given. */
  readonly source: DurationSource | null;
  /** In the chosen option. */
  readonly startMs: number;
  readonly endMs: number;
  /** With room for everything: the earliest start, and how much later it may start without delaying the whole. */
  readonly earliestMs: number;
  readonly slackMs: number;
  readonly isCritical: boolean;
  /** What it waits for: steps and blocks beside it; for the first ones of a block, what the block waits for. */
  readonly waitsFor: readonly string[];
}

/** How something is going to be run, and why so. */
export interface ExecutionPlan {
  /** In the order of their start. */
  readonly tasks: readonly PlacedTask[];
  readonly chosen: ScheduleOption;
  /** Best first, each with its score and the reason. */
  readonly rejected: readonly RejectedOption[];
  /** Nothing makes the whole shorter than this chain; its length, ms. */
  readonly criticalPath: readonly string[];
  readonly criticalMs: number;
  readonly levels: readonly (readonly string[])[];
  readonly groups: readonly (ParallelGroup & { readonly requirements: Requirements })[];
  /** Whatever independent tasks touch together, whether or not they stand in one group. */
  readonly conflicts: readonly Conflict[];
  /** Where tasks meet and part: found ones and declared ones. */
  readonly syncPoints: readonly SyncPoint[];
  /** Of all tasks together; peaks are in `chosen`. */
  readonly totals: Requirements;
  /** Of all attempts, those that are expected to fail included. */
  readonly expectedTokens: number;
  /** What runs may spend, tokens; null where nothing limits them. */
  readonly budget: number | null;
  /** Of steps that may spend so much with everything inside them, and what they are expected to. */
  readonly budgets: readonly PlannedBudget[];
  /** Tasks that begin and are cancelled, because their block is joined without them; they are in no other figure. */
  readonly cutShort: readonly string[];
  /** Tokens that those may use besides, at most. */
  readonly cutShortTokens: number;
  /** How many items each map is planned for, by its path. */
  readonly items: Readonly<Record<string, number>>;
  /** Where phases run again, or send work back, and how many rounds are reckoned with; they are in the durations of the tasks. */
  readonly loops: readonly PlannedLoop[];
  readonly outlook: Outlook;
  /** What would help, what saves most first. */
  readonly opportunities: readonly Opportunity[];
}
