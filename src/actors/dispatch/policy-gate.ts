/** Stands before tasks with the policies of the house: they pass, end, or wait until they are asked about again. */
import { type HouseView, judgeTask, kindOf, type TaskPolicy } from '../../policy/task-policy.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import type { HostSleep } from '../pool/host-clock.ts';
import { policyViolation } from './dispatch-refusal.ts';

/** Policies are asked again about tasks that they let wait after so many ms, though nothing has happened: they may go by the time of day. */
const ASK_AGAIN_MS = 1_000;

/** What it goes by. */
export interface PolicyGateHost {
  readonly sleep: HostSleep;
  /** Says what a task waits for. */
  readonly waits: (task: Task, why: string) => void;
  /** Tasks that wait are to be looked at again. */
  readonly freed: () => void;
}

/** Asks the policies of a house about its tasks, and counts those at work by kind for them. */
export class PolicyGate {
  readonly #policies: readonly TaskPolicy[];
  readonly #host: PolicyGateHost;
  readonly #kinds = new Map<string, number>();
  /** Which policy a task was last said to wait for. */
  readonly #told = new WeakMap<Task, string>();
  readonly #over = new AbortController();
  #isPausing = false;
  #isAsking = false;

  constructor(policies: readonly TaskPolicy[], host: PolicyGateHost) {
    this.#policies = policies;
    this.#host = host;
  }

  /** Whether there are any. */
  get stands(): boolean {
    return this.#policies.length > 0;
  }

  /**
   * Whether a task may begin now, `inFlight` tasks being in the hands of agents: it passes, or ends with a report. `wait`: it waits, and so
   * do all of its kind; `aside`: it waits, and others that ask for the same may pass.
   */
  answer(task: Task, inFlight: number): 'pass' | 'wait' | 'aside' | TaskReport {
    if (!this.stands) return 'pass';
    const { verdict, policy } = judgeTask(this.#policies, task, this.#view(inFlight));
    if (verdict.kind === 'allow' || policy === null) return 'pass';
    if (verdict.kind === 'deny') return policyViolation(task, policy.name, verdict.why);
    if (policy.goesBy === 'kind') return 'wait';
    if (this.#told.get(task) !== policy.name) {
      this.#told.set(task, policy.name);
      this.#host.waits(task, `the policy "${policy.name}": ${verdict.why}`);
    }
    void this.#askAgain();
    return 'aside';
  }

  /** A task stands in line: where others do that a policy lets wait, it may pass them. */
  lined(): void {
    if (!this.#isPausing || this.#isAsking) return;
    this.#isAsking = true;
    queueMicrotask(() => {
      this.#isAsking = false;
      this.#host.freed();
    });
  }

  began(task: Task): void {
    this.#count(task, 1);
  }

  ended(task: Task): void {
    this.#count(task, -1);
  }

  stop(): void {
    this.#over.abort();
  }

  #count(task: Task, change: 1 | -1): void {
    if (this.stands) this.#kinds.set(kindOf(task), (this.#kinds.get(kindOf(task)) ?? 0) + change);
  }

  #view(inFlight: number): HouseView {
    return { inFlight, inFlightOf: (kind) => this.#kinds.get(kind) ?? 0 };
  }

  async #askAgain(): Promise<void> {
    if (this.#isPausing || this.#over.signal.aborted) return;
    this.#isPausing = true;
    try {
      await this.#host.sleep(ASK_AGAIN_MS, this.#over.signal);
    } catch {
      return; // nobody asks any more
    }
    this.#isPausing = false;
    this.#host.freed();
  }
}
