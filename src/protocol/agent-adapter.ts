/**
 * The contract for whoever has work done: by a function, by a program, by workers on another machine. An adapter says how
 * work begins and, where it is done elsewhere, how it is cancelled; everything else an agent needs is put around it.
 *
 * There are two kinds. Work that is done here ends with our process: its adapter has `begin` alone and looks at
 * `context.signal`. Work that is done elsewhere is known there by the key of its task and may outlive us: its adapter has
 * `cancel`, too, and need not look at the signal.
 *
 * What an adapter for work elsewhere owes, and what its workers must remember for as long as a run may be resumed
 * 1. A key is one piece of work. Beginning it again, from whichever process, finds the work that is there, or its end.
 * 2. A key has one end. What was used up is told with it, each time the same: it is counted when the end is recorded, once.
 * 3. A key that was cancelled stays so: beginning it again does no work and ends with TASK_CANCELLED.
 * 4. When our process dies, or stops, the work is left alone.
 */
import type { Agent, PerformContext } from './agent.ts';
import type { Task, TaskReport } from './task.ts';

/** How work that is done elsewhere is to be ended. */
export interface CancelOrder {
  /** Why, for people. */
  readonly reason: string;
  /** false: it is asked to stop and may tidy up. true: it has not stopped in time, whatever it holds is let go at once. */
  readonly forced: boolean;
}

/**
 * How tasks are begun, and ended where that is done elsewhere. What an agent says of itself (`id`, `graceMs`, `capabilities`, …) an adapter
 * says, too. Held to its laws by `adapterLaws` of `troupe/testing`.
 */
export interface AgentAdapter extends Omit<Agent, 'perform' | 'recall'> {
  /**
   * Begins a task, or finds what was begun under the same `task.key` before, and resolves with how it ended: the report is checked, what is
   * none becomes AGENT_OUTPUT_INVALID. While it works, it speaks through the context. Rejecting says that it broke; an adapter with `cancel`
   * that rejects with AGENT_UNAVAILABLE, and does not call that final (`retryable: false`), has lost its line, not its work: it is begun again.
   */
  begin(task: Task, context: PerformContext): Promise<TaskReport>;
  /**
   * Ends the work of a task, wherever it is; what `begin` waits for ends then. Called again to force it. Cancelling what has ended, was
   * cancelled already, or was never begun is no error. Rejects when the workers could not be told.
   */
  cancel?(task: Task, order: CancelOrder): Promise<void>;
  /** Our process stops while the work goes on: lets go of the line to it. What `begin` still answers is not heard. */
  leave?(task: Task): void;
}
