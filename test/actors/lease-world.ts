/** A world of tasks that ask for resources before they begin and while they work, end in all ways, and begin again when they had to give way. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import type { Dispatcher } from '../../src/actors/dispatch/dispatcher-contract.ts';
import { locksAgree } from '../../src/policy/resource-locks.ts';
import type { Agent, LeaseWish, PerformContext, TaskLease } from '../../src/protocol/agent.ts';
import { PRIORITIES, type Priority } from '../../src/protocol/coordination.ts';
import type { Task, TaskNeeds, TaskReport } from '../../src/protocol/task.ts';
import { CountedLedger } from './counted-ledger.ts';
import { steppedTime } from './resources/house.ts';
import { DONE } from './stage.ts';
import { aTask, settled } from './work.ts';

/** What an agent does, one after the other. */
export type Act =
  | { readonly act: 'lease'; readonly wish: LeaseWish }
  | { readonly act: 'giveBack'; readonly which: number; readonly used: number | undefined }
  | { readonly act: 'pause'; readonly ms: number };

/** A task and what becomes of it. Moments are ms. */
export interface Plan {
  readonly persona: 'a' | 'b';
  readonly needs: TaskNeeds | undefined;
  readonly acts: readonly Act[];
  readonly end: 'complete' | 'fail' | 'break';
  readonly priority: Priority;
  readonly startAt: number;
  readonly cancelAt: number | null;
  readonly deadlineAt: number | null;
  /** It goes on after it was told to stop. */
  readonly isStubborn: boolean;
}

/** The house. */
export interface Terms {
  readonly places: number;
  readonly capacity: number | undefined;
  /** When it stops, and how long it is patient then, ms. */
  readonly stop: { readonly at: number; readonly graceMs: number } | null;
}

export const LIMITS = { memoryMb: 100, cpu: 4, tokens: 5_000, tokensPerMinute: 2_000 };

const locks = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('shared' as const, 'exclusive' as const), { maxKeys: 2 });
const wishes: fc.Arbitrary<LeaseWish> = fc.record(
  { memoryMb: fc.constantFrom(10, 60), cpu: fc.constantFrom(1, 3), tokens: fc.constantFrom(1, 400), locks },
  { requiredKeys: [] },
);
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('lease' as const), wish: wishes }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('pause' as const), ms: fc.constantFrom(0, 5, 100, 30_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('giveBack' as const), which: fc.nat({ max: 3 }), used: fc.constantFrom(undefined, 0, 500) }),
  },
);

/** Random plans; `isTame`: each is to come to its own end. */
export const plans = (isTame = false): fc.Arbitrary<Plan> =>
  fc.record({
    persona: fc.constantFrom('a' as const, 'b' as const),
    needs: fc.option(wishes, { nil: undefined }),
    acts: fc.array(acts, { maxLength: 6 }),
    end: isTame ? fc.constant('complete' as const) : fc.constantFrom('complete' as const, 'fail' as const, 'break' as const),
    priority: fc.constantFrom(...PRIORITIES),
    startAt: fc.nat({ max: 200 }),
    cancelAt: isTame ? fc.constant(null) : fc.option(fc.nat({ max: 400 }), { freq: 4 }),
    deadlineAt: isTame ? fc.constant(null) : fc.option(fc.nat({ max: 60_000 }), { freq: 4 }),
    isStubborn: isTame ? fc.constant(false) : fc.boolean(),
  });

export class World {
  readonly time = steppedTime();
  readonly ledger = new CountedLedger(this.time);
  readonly dispatcher: Dispatcher;
  readonly reports = new Map<string, TaskReport[]>();
  /** By step: when its last attempt began, and when it was reported, ms. */
  readonly begun = new Map<string, number>();
  readonly ended = new Map<string, number>();
  /** By step: how often it had to give way. */
  readonly deaths = new Map<string, number>();
  readonly #plans: readonly Plan[];
  readonly #terms: Terms;
  readonly #busy = new Map<string, number>();
  readonly #cancelled = new Set<string>();
  #open: number;
  #stopped = false;

  constructor(all: readonly Plan[], terms: Terms) {
    this.#plans = all;
    this.#terms = terms;
    this.#open = all.length;
    const agent = (id: string): Agent => ({
      id,
      perform: (task, context) => this.#perform(id, task, context),
      ...(terms.capacity === undefined ? {} : { capacity: terms.capacity }),
    });
    this.dispatcher = createDispatcher({
      crew: createCrew({ personas: { a: agent('a'), b: agent('b') } }),
      ledger: this.ledger.ledger,
      limits: LIMITS,
      maxConcurrentTasks: terms.places,
      abandonAfterMs: 1_000,
      now: this.time.now,
      sleep: (ms, signal) => this.#sleep(ms, signal),
      report: (task, report) => this.#reported(task, report),
      queued: () => {},
      started: () => {},
      progress: () => {},
    });
    for (const [n, { startAt, cancelAt }] of all.entries()) {
      this.time.alarm(startAt, () => this.#start(n, 1));
      if (cancelAt !== null) this.time.alarm(startAt + cancelAt, () => this.#cancel(n));
    }
    if (terms.stop !== null) {
      const { at, graceMs } = terms.stop;
      this.time.alarm(at, () => void this.dispatcher.stop(graceMs).then(() => this.#hasStopped()));
    }
  }

  /** Lives until everything has ended. */
  async live(): Promise<void> {
    for (let turn = 0; ; turn++) {
      await settled();
      this.#look();
      const due = this.time.nextDue();
      if (this.#stopped || (this.#terms.stop === null && this.#open === 0 && this.dispatcher.inFlight() === 0)) return;
      if (due === null || turn > 5_000)
        throw new Error(
          `nothing goes on: ${turn} ${this.#open} ${this.dispatcher.inFlight()} ${this.dispatcher.waiting()} ${JSON.stringify(this.ledger.ledger.standing())}`,
        );
      this.time.pass(due - this.time.now());
    }
  }

  #hasStopped(): void {
    this.#stopped = true;
  }

  #start(n: number, attempt: number): void {
    const plan = this.#plans[n];
    if (plan === undefined) return;
    const { persona, needs, priority, deadlineAt } = plan;
    const more = { ...(needs === undefined ? {} : { needs }), ...(deadlineAt === null ? {} : { deadlineAt }) };
    if (this.#cancelled.has(`s${n}`)) this.#open -= 1;
    else this.dispatcher.start(aTask({ step: `s${n}`, attempt, persona, priority, ...more }));
  }

  #cancel(n: number): void {
    const step = `s${n}`;
    this.#cancelled.add(step);
    for (let attempt = 1; attempt < 10; attempt++) if (this.dispatcher.cancel(aTask({ step, attempt }).key, 'chance')) this.#open -= 1;
  }

  #reported(task: Task, report: TaskReport): void {
    this.ended.set(task.step, this.time.now());
    this.reports.set(task.key, [...(this.reports.get(task.key) ?? []), report]);
    if (report.ok || report.error.code !== 'RESOURCE_CONFLICT') {
      this.#open -= 1;
      return;
    }
    this.deaths.set(task.step, (this.deaths.get(task.step) ?? 0) + 1);
    this.time.alarm(this.time.now() + 10 * 2 ** task.attempt, () => this.#start(Number(task.step.slice(1)), task.attempt + 1));
  }

  async #perform(id: string, task: Task, context: PerformContext): Promise<TaskReport> {
    const plan = this.#plans[Number(task.step.slice(1))];
    const leases: TaskLease[] = [];
    this.begun.set(task.step, this.time.now());
    this.#busy.set(id, (this.#busy.get(id) ?? 0) + 1);
    try {
      for (const act of plan?.acts ?? []) {
        if (act.act === 'lease') leases.push(await context.lease(act.wish));
        else if (act.act === 'pause') await (plan?.isStubborn ? this.#sleep(act.ms, new AbortController().signal) : context.sleep(act.ms));
        else if (act.used === undefined) leases[act.which]?.release();
        else leases[act.which]?.settle({ tokens: act.used });
      }
    } finally {
      this.#busy.set(id, (this.#busy.get(id) ?? 0) - 1);
    }
    if (plan?.end === 'break') throw new Error('chance');
    return plan?.end === 'fail' ? { ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'chance' } } : DONE;
  }

  #look(): void {
    const { places, capacity = Number.POSITIVE_INFINITY } = this.#terms;
    expect(this.dispatcher.inFlight()).toBeLessThanOrEqual(places);
    for (const { inFlight } of this.dispatcher.roster.members()) expect(inFlight).toBeLessThanOrEqual(capacity);
    const { held, accounts } = this.ledger.ledger.standing();
    for (const { reserved } of accounts) {
      expect(reserved.memoryMb ?? 0).toBeLessThanOrEqual(LIMITS.memoryMb);
      expect(reserved.cpu ?? 0).toBeLessThanOrEqual(LIMITS.cpu);
    }
    const clashes = held.flatMap((one) =>
      held.filter((other) => other.owner !== one.owner && !one.locks.every((lock) => other.locks.every((its) => locksAgree(lock, its)))),
    );
    expect(clashes).toEqual([]);
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const disarm = this.time.alarm(this.time.now() + ms, resolve);
      signal.addEventListener('abort', () => {
        disarm();
        reject(signal.reason);
      });
    });
  }
}
