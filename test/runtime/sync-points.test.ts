import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { GroupFailurePolicy, SyncKind } from '../../src/definition/joining.ts';
import type { GroupStep, Step, SyncStep } from '../../src/definition/workflow.ts';
import type { CoordinationEvent } from '../../src/protocol/coordination.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { sharedOf } from './witnesses.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 3_000 : 80;

const point = (sync: SyncKind, members: readonly string[], more: Partial<SyncStep> = {}): SyncStep => ({
  kind: 'sync',
  id: 'meet',
  name: 'meet',
  type: 'sync-point',
  sync,
  members,
  dependencies: members,
  ...more,
});

const group = (steps: readonly Step[], more: Partial<GroupStep> = {}): GroupStep => ({
  kind: 'group',
  id: 'g',
  name: 'g',
  type: 'parallel',
  dependencies: [],
  mode: 'parallel',
  waitFor: 'all',
  steps,
  ...more,
});

const takes = (id: string, ms: number, params: JsonObject = {}, more: Partial<Extract<Step, { kind: 'task' }>> = {}) =>
  task(id, { params: { ms, ...params }, ...more });

/** Takes its time, comes to `meet` first where its params say so, and writes its path. */
const player: AgentFunction = async ({ task: { step, attempt, params, context }, sleep, arrive, now }) => {
  await sleep(Number(params.ms ?? 0));
  if (params.arrives === true) await arrive('meet');
  const at = now();
  await sleep(Number(params.then ?? 0));
  if (params.fails === attempt || params.fails === true) throw new Error(`${step} failed`);
  return completed(at, { writes: Object.fromEntries((context?.writable ?? []).map((key) => [key, step])) });
};

async function perform(steps: readonly Step[], maxConcurrency = 9) {
  const events: CoordinationEvent[] = [];
  let executed = 0;
  const end = await simulate(workflowOf(steps, { shared: { plan: 'none' } }), {
    crew: { personas: { '*': player } },
    maxConcurrency,
    inspector: (event) => {
      const { actorRef, snapshot } = event as unknown as { actorRef?: { logic?: { id?: string } }; snapshot?: { value?: unknown } };
      if (event.type === '@xstate.snapshot' && actorRef?.logic?.id === 'sync-point' && snapshot?.value === 'executing') executed++;
    },
    onEvent: (event) => {
      if (event.type === 'coordination') events.push(event.event);
    },
  });
  const run = foldJournal('simulation', end.workflow, end.journal);
  if (end.status !== 'waiting') expect(leftovers(run)).toEqual({});
  const of = (path: string) => end.view.steps.find((step) => step.path === path);
  return { end, of, executed, events, shared: sharedOf(run), outputs: end.outputs as JsonObject };
}

describe('a sync point', () => {
  test.each<[SyncKind, Partial<SyncStep>]>([
    ['barrier', {}],
    ['progress_checkpoint', { threshold: 50 }],
    ['quality_gate', { check: 'true' }],
    ['resource_rebalancing', {}],
    ['context_merge', {}],
    ['checkpoint', {}],
  ])('(%s) completes once, when its last member is there, and not before; whoever waits for it begins then', async (sync, more) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(90), { minLength: 1, maxLength: 5 }),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        async (all, arrive) => {
          const arrives = (i: number) => arrive[i] === true;
          const steps = all.map((ms, i) => takes(`m${i}`, ms, { arrives: arrives(i), then: 7 }));
          const met = point(
            sync,
            steps.map(({ id }) => id),
            more,
          );
          const { end, of, executed, outputs } = await perform([group([...steps, met, takes('next', 0, {}, { dependencies: ['meet'] })])]);
          const there = Math.max(...all.map((ms, i) => (arrives(i) ? ms : ms + 7)));
          expect([end.status, of('meet')?.endedAt, outputs.next]).toEqual(['completed', there, there]);
          expect(end.history.filter(([path]) => path === 'meet')).toHaveLength(1);
          expect(executed).toBeLessThanOrEqual(1);
          // Those who came while at work went on only then.
          all.forEach((_, i) => {
            if (arrives(i)) expect(outputs[`m${i}`]).toBe(there);
          });
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('that waits for another one begins when that has completed', async () => {
    const second = point('barrier', ['a'], { id: 'again', dependencies: ['a', 'meet'] });
    const { of } = await perform([group([takes('a', 10), takes('b', 30), point('barrier', ['a', 'b']), second])]);
    expect([of('meet')?.endedAt, of('again')?.endedAt, of('again')?.outcome]).toEqual([30, 30, 'completed']);
  });

  test('finds those there who came before it began', async () => {
    const late = point('barrier', ['a', 'b'], { dependencies: ['a', 'b', 'first'] });
    const { outputs } = await perform([takes('first', 50), takes('a', 10, { arrives: true }), takes('b', 20, { arrives: true }), late]);
    expect(outputs).toMatchObject({ a: 50, b: 50 });
  });

  test('keeps nobody who is waited for by those it waits for', async () => {
    const inTurn = group([takes('a', 10, { arrives: true }), takes('b', 20, { arrives: true }), point('barrier', ['a', 'b'])], {
      mode: 'sequential',
    });
    const chained = [
      takes('a', 10, { arrives: true }),
      takes('b', 20, { arrives: true }, { dependencies: ['a'] }),
      point('barrier', ['a', 'b']),
    ];
    for (const steps of [[inTurn], chained]) {
      const { end, of, outputs } = await perform(steps);
      expect([end.status, outputs.a, outputs.b, of('meet')?.outcome]).toEqual(['completed', 10, 30, 'completed']);
    }
  });

  test('has a deadline, says who was missing, and tells those who had come', async () => {
    const { end, of } = await perform([takes('a', 10, { arrives: true }), takes('b', 500), point('barrier', ['a', 'b'], { timeout: 100 })]);
    expect([end.status, of('meet')?.error?.code, of('meet')?.endedAt]).toEqual(['failed', 'SYNC_TIMED_OUT', 100]);
    expect([of('meet')?.error?.details, of('a')?.error?.code]).toEqual([{ missing: ['b'] }, 'SYNC_TIMED_OUT']);
  });

  test.each<[GroupFailurePolicy | null, string, readonly string[]]>([
    [null, 'SYNC_FAILED', ['completed', 'failed', 'failed', 'skipped']],
    ['settle', 'SYNC_FAILED', ['completed', 'failed', 'failed', 'skipped']],
    ['fail_fast', '', ['cancelled', 'failed', 'cancelled', 'skipped']],
    ['compensate', '', ['cancelled', 'failed', 'cancelled', 'skipped']],
    ['fall_back_sequential', '', ['completed', 'completed', 'completed', 'completed']],
  ])('whose member fails ends as the policy of its group says (%s)', async (onFailure, code, outcomes) => {
    const steps = [
      takes('a', 50),
      takes('b', 10, { fails: 1 }),
      point('barrier', ['a', 'b']),
      takes('next', 0, {}, { dependencies: ['meet'] }),
    ];
    const { of } = await perform([group(steps, onFailure === null ? {} : { onFailure })]);
    expect(['a', 'b', 'meet', 'next'].map((path) => of(path)?.outcome)).toEqual(outcomes);
    expect(of('meet')?.error?.code ?? '').toBe(code);
  });

  test('in a group that falls back takes place again, and lets those who come to it go on at once', async () => {
    const steps = [takes('a', 10, { arrives: true }), takes('b', 20, { arrives: true, fails: 1 }), point('barrier', ['a', 'b'])];
    const { end, of, outputs } = await perform([group(steps, { onFailure: 'fall_back_sequential' })]);
    expect([end.status, of('meet')?.outcome]).toEqual(['completed', 'completed']);
    expect([outputs.a, outputs.b]).toEqual([30, 50]);
  });

  test('takes a member that is skipped as there', async () => {
    const { end, of } = await perform([takes('a', 10), task('b', { condition: 'false' }), point('barrier', ['a', 'b'])]);
    expect([end.status, of('meet')?.endedAt]).toEqual(['completed', 10]);
  });
});

describe('a quality gate', () => {
  const gate = (check: string) => [
    takes('a', 10),
    point('quality_gate', ['a'], { check }),
    takes('next', 0, {}, { dependencies: ['meet'] }),
  ];

  test('that holds lets through, by what its members left', async () => {
    const { end, of } = await perform(gate('steps.a == 10 && shared.plan == "none"'));
    expect([end.status, of('next')?.outcome, (end.outputs as JsonObject).meet]).toEqual(['completed', 'completed', { passed: true }]);
  });

  test('that does not hold fails, lets nobody through, and is told as critical', async () => {
    const { end, of, events } = await perform(gate('steps.a > 10'));
    expect([end.failure?.code, end.failedStep, of('next')?.outcome]).toEqual(['QUALITY_GATE_FAILED', 'meet', 'skipped']);
    expect(events.filter(({ type }) => type === 'quality.gate_failed')).toMatchObject([
      { source: 'meet', affected: ['a'], priority: 'critical', data: { check: 'steps.a > 10' } },
    ]);
  });

  test('that cannot be judged fails with the reason: never a silent no', async () => {
    const { end } = await perform(gate('steps.a.findings.length > 0'));
    expect(end.failure?.code).toMatch(/^(CONDITION_FAILED|EXPRESSION_FAILED)$/);
  });
});

describe('a rebalancing', () => {
  test('puts what is left into the order that the durations so far suggest, and lifts the width of its group', async () => {
    const kind = (type: string, id: string, ms: number, estimateMs: number, dependencies: readonly string[] = []) => ({
      ...takes(id, ms),
      type,
      estimateMs,
      dependencies,
    });
    const tried = [kind('slow', 's1', 100, 10), kind('quick', 'q1', 1, 100)];
    const left = [kind('quick', 'q2', 1, 100, ['meet']), kind('quick', 'q3', 1, 100, ['meet']), kind('slow', 's2', 100, 10, ['meet'])];
    const launched = async (sync: SyncKind, room: number) => {
      const { outputs, of } = await perform([group([...tried, point(sync, ['s1', 'q1']), ...left], { maxConcurrent: 2 })], room);
      return { order: outputs.meet, begun: ['q2', 'q3', 's2'].map((id) => of(id)?.startedAt) };
    };
    // What is slow has turned out ten times as long as was thought, and what is quick to be nothing.
    expect(await launched('barrier', 1)).toEqual({ order: null, begun: [101, 102, 103] });
    expect(await launched('resource_rebalancing', 1)).toEqual({ order: { order: ['s2', 'q2', 'q3'] }, begun: [201, 202, 101] });
    expect((await launched('resource_rebalancing', 9)).begun).toEqual([100, 100, 100]);
  });
});

describe('a merge at a sync point', () => {
  const writes = (id: string, ms: number, more: JsonObject = {}) => takes(id, ms, more, { writes: ['plan'], reads: ['plan'] });

  test('shows what members wrote to those who begin after it, and to nobody outside before the join', async () => {
    const steps = [
      writes('a', 10),
      takes('b', 20),
      point('context_merge', ['a', 'b']),
      takes('sees', 5, {}, { reads: ['plan'], dependencies: ['meet'] }),
    ];
    const { shared, end } = await perform([group([...steps, takes('fails', 90, { fails: true })])]);
    const seen = end.journal.flatMap(({ fact }) => (fact.type === 'task.completed' && fact.step === 'sees' ? [fact] : []));
    expect(seen).toHaveLength(1);
    expect([end.status, shared]).toEqual(['failed', { plan: 'none' }]);
  });

  test('settles what does not fit by running the loser again, before it completes', async () => {
    const steps = [writes('a', 10), writes('b', 20), point('context_merge', ['a', 'b']), takes('next', 0, {}, { dependencies: ['meet'] })];
    const { end, of, shared, outputs } = await perform([group(steps, { conflicts: { ladder: ['rerun'] } })]);
    expect([end.status, shared.plan, of('b')?.attempts]).toEqual(['completed', 'b', 2]);
    expect([of('meet')?.endedAt, outputs.next]).toEqual([40, 40]);
  });

  test('that nothing settles fails the point', async () => {
    const steps = [writes('a', 10), writes('b', 20), point('context_merge', ['a', 'b'])];
    const { end, of } = await perform([group(steps, { conflicts: { ladder: ['automatic'] } })]);
    expect([end.status, of('meet')?.error?.code]).toEqual(['failed', 'CONFLICT_UNRESOLVED']);
  });
});
