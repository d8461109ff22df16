/** What steps say about the data they take, leave and share, and on what terms they wait for each other. */
import type { Priority } from '../protocol/coordination.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { DurationSpec, RetryPolicy } from './attempt-timing.ts';

/**
 * How a step waits for another. `hard` (the default of a plain dependency): the other must have ended well. `soft`: order only, its failure
 * blocks nothing. `conditional`: the edge is taken when the other has completed and `when`, judged at that moment, holds; of a step's
 * conditional edges at least one must be taken, else the step is skipped.
 */
export interface DependencyEdge {
  readonly kind: 'hard' | 'soft' | 'conditional';
  /** Only of conditional edges; without it the other need only have completed. */
  readonly when?: string;
  /** Only of conditional edges: none of these may hold. Judged in this order, before `when`. */
  readonly unless?: readonly string[];
  /** Paths (`report.findings`) that must be in the other's output; what is missing fails the step with DATA_MISSING. */
  readonly data?: readonly string[];
}

/** What a step needs while it runs; what is absent is not needed. */
export interface StepNeeds {
  readonly memoryMb?: number;
  /** Cores. */
  readonly cpu?: number;
  /** Shares of whatever the limit on input and output counts. */
  readonly io?: number;
  /** API tokens that one attempt is expected to use. */
  readonly tokens?: number;
  readonly capabilities?: readonly string[];
  /** What it touches beside the shared context, by name (`database-schema`): two steps of one domain may get in each other's way. */
  readonly domains?: readonly string[];
  /** Named locks: held `shared` with others who share, or `exclusive`, while an attempt is under way. */
  readonly locks?: Readonly<Record<string, LockMode>>;
  /** Services outside that it calls, by name: while one of them is spared for having failed too often, its attempts wait. */
  readonly services?: readonly string[];
  /** How pressing it is where tasks wait for agents. Absent: medium. */
  readonly priority?: Priority;
  /** How long after the start of its run it must be done, ms. */
  readonly deadlineMs?: number;
  /** Id of the agent that had better do it. */
  readonly agent?: string;
}

/** How a lock is held. */
export type LockMode = 'shared' | 'exclusive';

/** Where one named input of a step comes from. */
export interface DataSource {
  readonly from: 'input' | 'step' | 'shared' | 'variable';
  /** First the step, key or variable (of `input`: the field), then members of its value. Empty only for the whole `input`. */
  readonly path: readonly string[];
  /** Taken where the source has no such value. Without it, and unless optional, the step fails with DATA_MISSING. */
  readonly default?: Json;
  /** Left out where the source has no such value. */
  readonly optional?: boolean;
}

/** Where a part of a step's output goes once the step has completed. */
export interface DataTarget {
  readonly to: 'shared' | 'variable';
  readonly name: string;
  /** Members of the output; empty for all of it. What is missing fails the step with DATA_MISSING. */
  readonly path: readonly string[];
}

/** An end of a workflow that has completed steps undone. */
export type CompensationCause = 'failure' | 'cancel';

/** What is done about a completed step when what it belongs to is undone: its group, its workflow, or what these stand in. */
export interface Compensation {
  readonly type: string;
  readonly persona?: string;
  readonly params: JsonObject;
  readonly timeout?: DurationSpec;
  /** Absent: it is tried once. */
  readonly retry?: RetryPolicy;
}

/** What steps say about the data they take, leave and share, and about what they need. */
export interface StepData {
  /** Gathered when the step starts, and given to the agent among its params. */
  readonly inputs?: Readonly<Record<string, DataSource>>;
  readonly store?: readonly DataTarget[];
  /** JSON Schema of the output: checked before anything depends on it. */
  readonly outputSchema?: JsonObject;
  /** Keys of the shared context the step sees while it works; those it writes are among them. */
  readonly reads?: readonly string[];
  /** Keys of the shared context it may change. */
  readonly writes?: readonly string[];
  /** When a key that was read has changed by the time the step ends. Always told; default `accept`. */
  readonly onStale?: 'accept' | 'rerun' | 'fail';
  readonly needs?: StepNeeds;
  /** How long one attempt is expected to take, ms. */
  readonly estimateMs?: number;
  readonly compensate?: Compensation;
}
