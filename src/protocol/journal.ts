/**
 * The storage contract: an ordered, durable record of batches per run, and small documents beside it.
 * A batch is a fact with the intents of the effects it caused: written whole or not at all.
 *
 * One writer per store. `append` resolves only when the batch is as durable as the store promises; batches of one run
 * are kept in the order of the calls; batches of several runs may share one sync (group commit).
 */
import type { DeadLetterNote } from './dead-letters.ts';
import type { Intent } from './effects.ts';
import type { Fact } from './facts.ts';
import type { JsonObject } from './json.ts';
import type { RunStatus } from './outcomes.ts';

/** What is written at once: a fact and the intents of the effects it caused. */
export interface Batch {
  /** Position within the run, from 0, without gaps. */
  readonly n: number;
  readonly fact: Fact;
  readonly intents: readonly Intent[];
}

/** `full`: survives power loss. `process`: survives the end of the process. `memory`: nothing survives. */
export type Durability = 'full' | 'process' | 'memory';

/** What a listing shows of a run; derived from the journal, never the truth. */
export interface RunSummary {
  readonly id: string;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  readonly steps: {
    readonly total: number;
    readonly completed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly cancelled: number;
  };
  /** One sentence: why it failed, or what it waits for. */
  readonly note: string | null;
  /** Its dead letters, dropped ones included. Absent: there were none, unless a step has failed: then its journal tells. */
  readonly letters?: readonly DeadLetterNote[];
  /** Of a run that only waited when this was written. Absent for one that was at work. */
  readonly waiting?: Waiting;
}

/** What a run waits for that has nothing in flight. */
export interface Waiting {
  /** The batches of its journal. */
  readonly batches: number;
  /** Hash of its definition. */
  readonly definition: string;
  /** When it goes on by itself, ms, or null. */
  readonly dueAt: number | null;
  /** The signals, and the answers (null; `token` names the question), without which it cannot go on. */
  readonly awaits: readonly { readonly step: string; readonly signal: string | null; readonly token?: string }[];
}

/** Where journals are kept. */
export interface JournalStore {
  readonly durability: Durability;
  /** Where it is kept, for people: a path, or `memory`. */
  readonly location: string;
  /** Warnings of opening (a torn tail that was cut, …), for people. */
  readonly warnings: readonly string[];

  /** Appends one batch to a run. Rejects with STORE_FENCED, STORE_FULL, STORE_UNWRITABLE or STORE_CLOSED; then nothing was recorded. */
  append(run: string, batch: Batch): Promise<void>;
  /** All batches of a run in order. Rejects with RUN_NOT_FOUND or STORE_DAMAGED. */
  read(run: string): Promise<Batch[]>;
  /** The same at once. A store without it never lets runs that wait be dropped from memory. Throws as `read` rejects. */
  readNow?(run: string): Batch[];
  /** Whether a run of this id has been recorded. */
  has(run: string): Promise<boolean>;
  /** Ids of all runs, oldest first. */
  runs(): Promise<string[]>;

  /** Keeps a definition under its content hash; idempotent; durable before it resolves. */
  putDefinition(hash: string, definition: JsonObject): Promise<void>;
  getDefinition(hash: string): Promise<JsonObject | null>;

  /** Remembers the summary of a run as recorded so far; may be written later and lost in a crash (it is derived). */
  putSummary(summary: RunSummary): void;
  /** The summary that was remembered last; null where there is none, and once more of the run has been recorded. */
  getSummary(run: string): Promise<RunSummary | null>;

  /**
   * Keeps a small document of the house under a name: `soon`, where losing the latest one does no harm, or durable before it returns.
   * A store without it forgets how agents did. Throws STORE_FULL, STORE_UNWRITABLE or STORE_CLOSED.
   */
  keep?(name: string, document: JsonObject, when: 'soon' | 'now'): void;
  /** The document that was kept last under this name; null when there is none. */
  kept?(name: string): JsonObject | null;

  /** Waits for everything pending, frees the lock. Idempotent. */
  close(): Promise<void>;
}
