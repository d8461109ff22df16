import type { Priority } from './coordination.ts';
import type { Json, JsonObject } from './json.ts';

/** The work of one step handed to one agent: one attempt of it. */
export interface Task {
  /** `run/step#attempt`: the same on every delivery of this attempt; use it as idempotency key. */
  readonly key: string;
  readonly run: string;
  /** The step's path in its workflow. */
  readonly step: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly name: string;
  /** The step's type as written (`persona-request`, `GitOperationStep`, …). */
  readonly type: string;
  /** The role that is asked for, where the step names one. */
  readonly persona: string | null;
  /** The step's parameters with all templates rendered. */
  readonly params: JsonObject;
  /** Milliseconds this attempt may take, or null for no limit. */
  readonly timeoutMs: number | null;
  /** What the step sees of the shared context. Absent where it declares neither reads nor writes. */
  readonly context?: ContextSnapshot;
  /** The path of the step that this task undoes. Absent for any other task. */
  readonly undoes?: string;
  /** JSON Schema that the output must meet. */
  readonly outputSchema?: JsonObject;
  /** Shares of the work, percent, at which somebody waits for this attempt. */
  readonly checkpoints?: readonly number[];
  // What follows is the house's to see to: it is put beside the task when it is handed out, and is in no journal.
  /** What whoever does it must have and may use. Absent: nothing in particular. */
  readonly needs?: TaskNeeds;
  /** How pressing it is, where tasks wait. Absent: medium. */
  readonly priority?: Priority;
  /** When it must be done, ms since the epoch. Absent: no matter when. */
  readonly deadlineAt?: number;
  /** Id of the agent that had better do it. */
  readonly agent?: string;
  /** Accounts of its run, the outermost first, from which what it takes is taken beside that of the house. Absent: nothing there is limited. */
  readonly accounts?: readonly TaskAccount[];
  /** How long it is expected to take, ms: its tokens count per minute evenly over that. Absent: they count as used within a minute. */
  readonly expectedMs?: number;
}

/** An account of a run, or of something in it. */
export interface TaskAccount {
  /** `run/r1`, `run/r1/build`: what is below an account is over with it. */
  readonly name: string;
  /** What may be had at once: megabytes, cores, shares of input and output, attempts; and tokens in a minute. */
  readonly limits: Readonly<Partial<Record<'memoryMb' | 'cpu' | 'io' | 'concurrency' | 'tokensPerMinute', number>>>;
}

/** What a task needs while somebody works on it; what is absent is not needed. */
export interface TaskNeeds {
  readonly capabilities?: readonly string[];
  readonly memoryMb?: number;
  /** Cores. */
  readonly cpu?: number;
  /** Shares of whatever the limit on input and output counts. */
  readonly io?: number;
  /** API tokens that the attempt is expected to use. */
  readonly tokens?: number;
  /** Named locks: `shared` with others who share, or `exclusive`. */
  readonly locks?: Readonly<Record<string, 'shared' | 'exclusive'>>;
  /** Services outside that it calls, by name: while one of them is spared for having failed too often, the task waits. */
  readonly services?: readonly string[];
}

/** The shared context as one attempt sees it: all values of one moment, whatever others write meanwhile. */
export interface ContextSnapshot {
  /** Counts the changes of the whole context. */
  readonly version: number;
  /** By key, for the keys the step reads or writes; null where a key has no value yet. */
  readonly values: JsonObject;
  /** Keys that the step may write. */
  readonly writable: readonly string[];
}

/** What an attempt has used up, by name: numbers of at least 0. `tokens` count towards the budget of a run; all are kept with its end. */
export type Usage = Readonly<Record<string, number>>;

/** What an agent answers: the closed set of ends of an attempt, as the house reports it. */
export type TaskReport =
  | { readonly ok: true; readonly output: Json; readonly variables?: JsonObject; readonly writes?: JsonObject; readonly usage?: Usage }
  | { readonly ok: false; readonly error: import('./errors.ts').ErrorData; readonly thrown: boolean; readonly usage?: Usage };
