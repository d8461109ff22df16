/** What a dispatcher is made of, and what it does. */
import type { ResourceLimits } from '../../policy/resource-amounts.ts';
import type { CoordinationMessage } from '../../protocol/coordination.ts';
import type { Task } from '../../protocol/task.ts';
import type { Roster } from '../pool/roster.ts';
import type { Ledger } from '../resources/ledger-contract.ts';
import type { Stopping } from './cancellation.ts';
import type { CastingOptions } from './casting.ts';
import type { HostCallbacks } from './dispatcher-host.ts';
import type { ShortageDesk } from './shortage-desk.ts';

/** A host's callbacks, its crew, and the limits. */
export interface DispatcherOptions extends HostCallbacks, CastingOptions {
  /** Where tasks get what they need beside an agent. Default: one of its own, that remembers nothing. */
  readonly ledger?: Ledger;
  /** What there is of resources over all. Default: plenty; locks are asked for all the same. */
  readonly limits?: ResourceLimits;
  /** What is done about shortages, where something is. Default: tasks wait, or end. */
  readonly desk?: ShortageDesk;
  /** How many agents may work at once. Default 5 (`MAX_CONCURRENT_TASKS`); Infinity for no limit. */
  readonly maxConcurrentTasks?: number;
  /**
   * How long an agent that was told to stop may take, unless it says itself (`graceMs`), and how long stopping waits for such agents, in ms
   * of the host's time. Then a program is killed, and a function is abandoned: its place is free, its result is late. Default 10,000.
   */
  readonly abandonAfterMs?: number;
}

/** Hands tasks to agents. Made by `createDispatcher`. */
export interface Dispatcher {
  /** Hands a task to its agent, or queues it. A task whose key is in flight already is not started twice; after `stop` nothing starts. */
  start(task: Task): void;
  /**
   * Stops working on the task of this key (`run/step#attempt`): it will not be reported. False when there is none in flight.
   * `isLeft`: it is still wanted, but not here: work elsewhere is left alone.
   */
  cancel(key: string, reason: string, isLeft?: boolean): boolean;
  /** Waits no longer for the agents of a run that were told to stop. */
  force(run: string): void;
  /** Which attempts are being stopped, and how far that is. */
  stopping(): readonly Stopping[];
  /** Resolves when no agent of a run is being stopped any more. */
  stopped(run: string): Promise<void>;
  /** Gives a message to the agent at work on the task of this key. False when nobody is at work on it here. */
  deliver(key: string, message: CoordinationMessage): boolean;
  /** Tasks that hold a place: agents at work, and cancelled ones winding down. */
  inFlight(): number;
  /** Tasks waiting for a place, or for an agent. */
  waiting(): number;
  /** Everybody who was ever looked at here, and what is known of them: what a next dispatcher begins with. */
  readonly roster: Roster;
  /**
   * Stops, in three parts. Nothing begins any more, and waiting tasks are withdrawn without a word. Agents at work are left alone for up to
   * `graceMs` of the host's time, and what they answer is reported as ever. Then the rest is told to stop, nothing of it is reported any
   * more, and once it has really ended, or `abandonAfterMs` later, the places are free. With a grace of 0 nobody is waited for.
   * Stopping again with less patience cuts the first one short. Resolves always.
   */
  stop(graceMs: number): Promise<void>;
}
