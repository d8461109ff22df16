import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DONE, type Stage, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

/** What a day of a dispatcher is made of; numbers choose among the tasks there are. */
const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), pick: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('answer' as const, 'fail' as const, 'break' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('abandon' as const, 'turn' as const), pick: fc.nat() }) },
);
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

class Day {
  readonly stage: Stage;
  readonly started: string[] = [];
  readonly cancelled = new Set<string>();
  readonly answered = new Set<string>();
  readonly limit: number;
  /** Performances that hold a place: called, not answered, not abandoned. */
  readonly open = new Set<string>();

  constructor(limit: number) {
    this.limit = limit;
    this.stage = setStage({ maxConcurrentTasks: limit });
  }

  async make({ kind, pick }: Move): Promise<void> {
    const { dispatcher, performances } = this.stage;
    const unanswered = performances.filter(({ task }) => !this.answered.has(task.key));
    const chosen = unanswered[pick % Math.max(unanswered.length, 1)];
    if (kind === 'start') {
      const task = aTask({ step: `s${this.started.length}` });
      this.started.push(task.key);
      dispatcher.start(task);
    } else if (kind === 'cancel') {
      const key = this.started[pick % Math.max(this.started.length, 1)];
      if (key !== undefined && dispatcher.cancel(key, 'chance')) this.cancelled.add(key);
    } else if (kind === 'abandon') {
      this.stage.passTime();
      await settled();
    } else if (kind === 'turn') {
      await settled();
    } else if (chosen !== undefined) {
      this.answered.add(chosen.task.key);
      if (kind === 'break') chosen.break(new Error('chance'));
      else chosen.answer(kind === 'answer' ? DONE : { ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'chance' } });
    }
    this.check();
  }

  check(): void {
    const { dispatcher, performances, reports } = this.stage;
    expect(dispatcher.inFlight()).toBeLessThanOrEqual(this.limit);
    for (const [key, list] of reports) {
      expect(list.length, key).toBe(1);
      expect(this.cancelled.has(key), `${key} was cancelled`).toBe(false);
    }
    const performed = performances.map(({ task }) => this.started.indexOf(task.key));
    expect(performed, 'first come, first served').toEqual(performed.toSorted((a, b) => a - b));
  }

  /** Answers whatever is open until nothing is. */
  async finish(): Promise<void> {
    while (true) {
      await settled();
      const left = this.stage.performances.filter(({ task }) => !this.answered.has(task.key));
      if (left.length === 0) break;
      for (const { task, answer } of left) {
        this.answered.add(task.key);
        answer(DONE);
      }
    }
  }
}

describe('any interleaving of starts, answers, throws, cancels and abandonments', () => {
  it('each task is reported exactly once or was cancelled, never more than the limit at once, first come first served', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(move, { maxLength: 60 }), async (limit, moves) => {
        const day = new Day(limit);
        for (const each of moves) await day.make(each);
        await day.finish();
        day.check();
        const { dispatcher, reports, crew, agent, performances } = day.stage;
        for (const key of day.started) expect([key, reports.has(key)]).toEqual([key, !day.cancelled.has(key)]);
        expect([dispatcher.inFlight(), dispatcher.waiting()]).toEqual([0, 0]);
        expect(crew.actorOf(agent)?.standing()).toMatchObject({ state: 'idle', inFlight: 0, served: performances.length });
      }),
      { numRuns: 300 },
    );
  });

  it('thousands may wait: the line stays in order and is as quick at its end as at its beginning', async () => {
    const { dispatcher, performances, calls } = setStage({ maxConcurrentTasks: 1 });
    const steps = Array.from({ length: 5_000 }, (_, n) => `s${n}`);
    for (const step of steps) dispatcher.start(aTask({ step }));
    for (let n = 1; n < steps.length; n += 2) dispatcher.cancel(aTask({ step: steps[n]! }).key, 'odd');
    for (let n = 0; n < steps.length; n += 2) {
      performances[n / 2]?.answer(DONE);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    await settled();
    expect(performances.map(({ task }) => task.step)).toEqual(steps.filter((_, n) => n % 2 === 0));
    expect(calls('s4998').task.step).toBe('s4998');
    expect(dispatcher.waiting()).toBe(0);
  });
});
