/**
 * The host of a dispatcher, as the dispatcher speaks to it: whatever a callback throws is told to `fault` and goes no
 * further, because it would otherwise surface in the promise of an agent that has nothing to do with it.
 */
import type { CoordinationMessage } from '../../protocol/coordination.ts';
import type { AgentChosen } from '../../protocol/facts.ts';
import type { Json } from '../../protocol/json.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import { NotPlainJson, readPlainJson } from '../plain-json.ts';
import { Services } from '../services/services.ts';
import type { Progress } from './progress-account.ts';

/** Who of several is given a task, and why. */
export type AgentChoice = Pick<AgentChosen, 'agent' | 'among' | 'ranked' | 'refused' | 'lighter'>;

/** What a host gives to its dispatcher. */
export interface HostCallbacks {
  /** The services that agents call. Default: its own, that remember nothing. */
  readonly services?: Services;
  /** Milliseconds since the epoch (virtual in simulation). */
  readonly now: () => number;
  /** Waits that many ms of the host's time; rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The end of an attempt. */
  readonly report: (task: Task, report: TaskReport) => void;
  /** The task must wait for a place. */
  readonly queued: (task: Task) => void;
  /** A task that had to wait is given to its agent now. */
  readonly started: (task: Task) => void;
  /** A task is given to one of several agents. */
  readonly chosen?: (task: Task, choice: AgentChoice) => void;
  /** What a task that waits lacks beside a place and an agent, as far as that is known; in words. */
  readonly waits?: (task: Task, why: string) => void;
  /** Chatter of an agent at work. */
  readonly progress: (task: Task, note: Json) => void;
  /** An agent at work has passed a checkpoint of its task, entered another phase, or is blocked or no longer so. */
  readonly progressed?: (task: Task, progress: Progress) => void;
  /** An agent at work says something to others in its run. */
  readonly said?: (task: Task, message: CoordinationMessage) => void;
  /**
   * What an agent answered although its task had been cancelled. That it stopped when it was told to is no answer, and once the dispatcher
   * has told everybody to stop, nothing is.
   */
  readonly late?: (task: Task, report: TaskReport) => void;
  /** A callback of the host itself threw. */
  readonly fault?: (task: Task, thrown: unknown) => void;
}

/** Speaks to the host without ever hearing it throw. */
export class DispatcherHost {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly services: Services;
  readonly #callbacks: HostCallbacks;

  constructor(callbacks: HostCallbacks) {
    this.#callbacks = callbacks;
    this.now = callbacks.now;
    this.sleep = callbacks.sleep;
    this.services = callbacks.services ?? new Services(callbacks);
  }

  report(task: Task, report: TaskReport): void {
    this.#tell(this.#callbacks.report, task, report);
  }

  queued(task: Task): void {
    this.#tell(this.#callbacks.queued, task);
  }

  started(task: Task): void {
    this.#tell(this.#callbacks.started, task);
  }

  late(task: Task, report: TaskReport): void {
    const { late } = this.#callbacks;
    if (late === undefined || (!report.ok && report.error.code === 'TASK_CANCELLED')) return;
    this.#tell(late, task, report);
  }

  /** Whether anybody wants to hear who was chosen. */
  get hearsChoices(): boolean {
    return this.#callbacks.chosen !== undefined;
  }

  chosen(task: Task, choice: AgentChoice): void {
    if (this.#callbacks.chosen !== undefined) this.#tell(this.#callbacks.chosen, task, choice);
  }

  waits(task: Task, why: string): void {
    if (this.#callbacks.waits !== undefined) this.#tell(this.#callbacks.waits, task, why);
  }

  note(task: Task, note: unknown): void {
    const copy = readPlainJson(note);
    this.#tell(this.#callbacks.progress, task, copy instanceof NotPlainJson ? `(a note that ${copy.problem})` : copy);
  }

  progressed(task: Task, progress: Progress): void {
    if (this.#callbacks.progressed !== undefined) this.#tell(this.#callbacks.progressed, task, progress);
  }

  said(task: Task, message: CoordinationMessage): void {
    if (this.#callbacks.said !== undefined) this.#tell(this.#callbacks.said, task, message);
  }

  /** Waits, and takes a clock that fails or is cut short for the end of the wait. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.sleep(ms, signal);
    } catch {
      // cut short: whoever cut it knows why
    }
  }

  #tell<Args extends readonly unknown[]>(callback: (task: Task, ...args: Args) => void, task: Task, ...args: Args): void {
    try {
      callback(task, ...args);
    } catch (thrown) {
      try {
        this.#callbacks.fault?.(task, thrown);
      } catch {
        // nobody is left to be told
      }
    }
  }
}
