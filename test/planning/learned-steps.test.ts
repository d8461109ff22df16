import { describe, expect, it } from 'vitest';
import { learnedFrom } from '../../src/planning/learned-steps.ts';
import { plan } from '../../src/planning/plan.ts';
import type { Fact } from '../../src/protocol/facts.ts';
import type { Batch } from '../../src/protocol/journal.ts';
import { load, task, workflowOf } from './load-steps.ts';

const batch = (fact: Fact, ...starts: readonly string[]): Batch => ({ n: 0, fact, intents: starts.map((id) => ['task.start', id, 0]) });
const due = (at: number): Fact => ({ type: 'timer.due', at });
const done = (step: string, attempt: number, at: number): Fact => ({ type: 'task.completed', at, step, attempt, output: null });
const broke = (step: string, attempt: number, at: number): Fact => ({
  ...{ type: 'task.failed', at, step, attempt, thrown: true },
  error: { code: 'AGENT_FAILED', message: 'no' },
});

describe('what journals teach', () => {
  it('is how long attempts took that ended well, and how many did not, the newest weighing 0.3', () => {
    const run = (ms: number) => [batch(due(0), 'a#1'), batch(done('a', 1, ms))];
    const { a } = learnedFrom([run(1000), run(2000), run(1000)]);
    expect(a).toEqual({
      ms: 0.3 * 1000 + 0.7 * (0.3 * 2000 + 0.7 * 1000),
      tokens: null,
      failureRate: 0,
      attempts: 3,
      observedMs: [1000, 2000, 1000],
    });
    const failing = learnedFrom([[batch(due(0), 'a#1'), batch(broke('a', 1, 10), 'a#2'), batch(done('a', 2, 60))]]).a;
    expect(failing).toMatchObject({ ms: 50, failureRate: 0.7 * 0.3, attempts: 2, observedMs: [50] });
  });

  it('is how many tokens attempts used that said so: they are planned with where a step states none, and never beyond what a minute allows', () => {
    const used = (step: string, tokens: number): Fact => ({ ...done(step, 1, 1000), usage: { tokens } }) as Fact;
    const history = learnedFrom([100, 200].map((tokens) => [batch(due(0), 'a#1'), batch(used('a', tokens))]));
    expect(history.a?.tokens).toBe(0.3 * 200 + 0.7 * 100);
    const workflow = workflowOf([task('a', 1000)]);
    expect(plan(workflow, { history }).expectedTokens).toBe(130);
    expect(plan(workflow, { history, limits: { tokensPerMinute: 50 } }).chosen.schedule.makespanMs).toBeGreaterThan(0);
  });

  it('counts from when an agent took an attempt out of a queue, and again from when a host took the run over', () => {
    const queued: Batch[] = [
      batch(due(0), 'a#1'),
      batch({ type: 'task.started', at: 400, step: 'a', attempt: 1 }),
      batch(done('a', 1, 500)),
    ];
    expect(learnedFrom([queued]).a?.ms).toBe(100);
    const recovered = [
      batch(due(0), 'a#1'),
      batch({ type: 'run.recovered', at: 9000, interrupted: ['a#1'] }, 'a#1'),
      batch(done('a', 1, 9100)),
    ];
    expect(learnedFrom([recovered]).a?.ms).toBe(100);
  });

  it('is nothing from an attempt that was called off, unless another one followed', () => {
    const cut: Batch = { n: 1, fact: due(500), intents: [['task.cancel', 'a#1', 0]] };
    expect(learnedFrom([[batch(due(0), 'a#1'), cut, batch(done('a', 1, 900))]])).toEqual({});
    expect(learnedFrom([[batch(due(0), 'a#1'), cut, batch(due(600), 'a#2')]]).a).toMatchObject({ ms: null, failureRate: 0.3 });
  });

  it('is shared by the items of a map', () => {
    const learned = learnedFrom([
      [batch(due(0), 'each[0]/look#1', 'each[1]/look#1'), batch(done('each[0]/look', 1, 10)), batch(done('each[1]/look', 1, 20))],
    ]);
    expect(learned).toMatchObject({ 'each/look': { attempts: 2, observedMs: [10, 20] } });
  });

  it('leaves hope after one failure, and less after each more', () => {
    const failing = [batch(due(0), 'a#1'), batch(broke('a', 1, 10))];
    const rate = (runs: number) => learnedFrom(Array.from({ length: runs }, () => failing)).a?.failureRate;
    expect([rate(1), rate(2)]).toEqual([0.3, 0.3 + 0.7 * 0.3]);
    const { outlook } = plan(workflowOf([task('a', 1)]), { history: learnedFrom([failing]) });
    expect(outlook.successShare).toBeGreaterThan(0.5);
  });

  it('is how many items maps had, also inside other maps, unless the run was cancelled', () => {
    const run = (items: number, ...more: Batch[]) => [
      batch(due(0), ...Array.from({ length: items }, (_, item) => `each[0]/rows[${item}]/look#1`)),
      ...more,
    ];
    const cancelled: Batch = batch({ type: 'run.cancel_requested', at: 1, reason: 'enough' });
    const history = learnedFrom([run(10), run(20), run(1, cancelled)]);
    expect(history).toMatchObject({ each: { items: 1 }, 'each/rows': { items: 13 } });
    const body = load('  - {id: rows, type: map, over: item, steps: [{id: look, type: persona-request, persona: p}]}\n');
    const each = { id: 'each', name: 'each', type: 'map', kind: 'map', dependencies: [], as: 'item' } as const;
    const items = (over: string, guess?: number) =>
      plan(workflowOf([{ ...each, over, workflow: body }]), { history, ...(guess === undefined ? {} : { items: guess }) }).items;
    expect(items('[1, 2]')).toEqual({ each: 2, 'each[0]/rows': 13, 'each[1]/rows': 13 });
    expect(items('variables.files', 2)).toEqual({ each: 2, 'each[0]/rows': 2, 'each[1]/rows': 2 });
  });

  it('counts in a plan where the definition declares nothing', () => {
    const history = learnedFrom([[batch(due(0), 'a#1', 'b#1'), batch(done('a', 1, 5000)), batch(done('b', 1, 7000))]]);
    const { estimateMs: _, ...undeclared } = task('a', 0);
    const { tasks, outlook } = plan(workflowOf([undeclared, task('b', 1, { dependencies: ['a'] })]), { history });
    expect(tasks.map(({ id, ms, source }) => [id, ms, source])).toEqual([
      ['a', 5000, 'history'],
      ['b', 1000, 'estimate'],
    ]);
    expect(outlook.finishMs.p50).toBeGreaterThan(5000);
  });
});
