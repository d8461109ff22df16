import { describe, expect, test } from 'vitest';
import { loadWorkflow } from '../../src/definition/load-workflow.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { type SimulateOptions, simulate } from '../../src/testing/simulate.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { workflowOf } from './linear.ts';

const HOUR = 3_600_000;

async function native(steps: string): Promise<Workflow> {
  const { workflow, diagnostics } = await loadWorkflow(`name: w\nsteps:\n${steps}`, { file: 'w.yaml', stepTypes: ['work'] });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (workflow === null) throw new Error('not read');
  return workflow;
}

const work = (after: number, output: object = {}) =>
  `  - { id: work, type: work, params: { after: ${after}, output: ${JSON.stringify(output)} } }\n`;
const stepTypes: NonNullable<SimulateOptions['stepTypes']> = {
  work: async ({ task, sleep }) => {
    await sleep(Number(task.params.after));
    return task.params.output;
  },
};

describe('a sleep', () => {
  test('takes as long as it says, also longer than timers of the platform do', async () => {
    const { makespanMs, outputs } = await simulate(await native('  - { id: nap, type: sleep, for: 60d }\n'));
    expect([makespanMs, outputs]).toEqual([60 * 24 * HOUR, { nap: { woken_by: 'time' } }]);
  });

  test('ends at the moment that it is given, and at once when that has passed', async () => {
    const until = async (moment: string) =>
      simulate(await native(`  - { id: nap, type: sleep, until: ${moment} }\n`), {
        startAt: Date.parse('2027-01-01T00:00:00Z'),
        input: { when: '2027-01-01T02:00+01:00' },
      });
    expect((await until('2027-01-01T03:00:00Z')).makespanMs).toBe(3 * HOUR);
    expect((await until('"{{ input.when }}"')).makespanMs).toBe(HOUR);
    expect((await until('2026-12-31')).makespanMs).toBe(0);
    expect(await until('"{{ input.when + 1 }}"')).toMatchObject({ status: 'failed', failure: { code: 'TEMPLATE_FAILED' } });
  });

  test('ends when what it waits for holds, judged as steps end; else when its time is up', async () => {
    const nap = '  - { id: nap, type: sleep, for: 1h, until: "steps.work?.passed" }\n';
    const passed = await simulate(await native(work(1_000, { passed: true }) + nap), { stepTypes });
    expect([passed.makespanMs, passed.outputs]).toMatchObject([1_000, { nap: { woken_by: 'condition' } }]);
    const not = await simulate(await native(work(1_000, { passed: false }) + nap), { stepTypes });
    expect([not.makespanMs, not.outputs]).toMatchObject([HOUR, { nap: { woken_by: 'time' } }]);
    const at = await simulate(await native(`${work(1_000)}  - { id: nap, type: sleep, for: 1h, until: "1 < 2" }\n`), { stepTypes });
    expect(at.history[0]).toEqual(['nap', 'completed']);
  });

  test('fails with the reason when what it waits for cannot be judged', async () => {
    const end = await simulate(await native(`${work(1_000)}  - { id: nap, type: sleep, for: 1h, until: "steps.work.passed" }\n`), {
      stepTypes,
    });
    expect(end).toMatchObject({ status: 'failed', failedStep: 'nap', failure: { code: 'CONDITION_FAILED' } });
    expect(end.makespanMs).toBe(1_000);
  });

  test('says until when it sleeps, is cancelled like everything else, and folds alike', async () => {
    const workflow = await native('  - { id: nap, type: sleep, for: 1h, until: "1 > 2" }\n');
    const end = await simulate(workflow, { happenings: [{ at: 500, do: 'cancel' }] });
    expect([end.status, end.makespanMs]).toEqual(['cancelled', 500]);
    expect(foldJournal('simulation', end.workflow, end.journal).status).toBe('cancelled');
    const runtime = await createRuntime({ time: new VirtualTime(0) });
    const handle = await runtime.start(workflow);
    expect(handle.state().steps[0]).toMatchObject({ state: 'sleeping', why: 'sleeps until 1970-01-01T01:00:00.000Z, or until 1 > 2' });
    await runtime.stop({ graceMs: 0 });
  });

  test('goes on where its host died: the end stays where it was', async () => {
    for (const back of [HOUR / 2, 2 * HOUR]) {
      const store = createMemoryStore();
      const first = await createRuntime({ store, time: new VirtualTime(0) });
      await first.start(await native('  - { id: nap, type: sleep, for: 1h }\n'), { id: 'r' });
      const time = new VirtualTime(back);
      const second = await createRuntime({ store, time });
      const handle = await second.resume('r');
      while (time.advance());
      expect(await handle.result()).toMatchObject({ status: 'completed' });
      expect(handle.state().steps[0]?.endedAt).toBe(HOUR);
      await second.stop();
    }
  });
});

describe('a wait for a signal until something holds', () => {
  const wait = '  - { id: word, type: wait-for-signal, signal: go, timeout: 1h, until: "steps.work?.passed" }\n';

  test.each([
    [500, 'said', 1_000],
    [5_000, null, 1_000],
  ])('with the signal at %i has the output %j', async (at, output, makespan) => {
    const end = await simulate(await native(work(1_000, { passed: true }) + wait), {
      stepTypes,
      happenings: [{ at, do: 'signal', name: 'go', payload: 'said' }],
    });
    expect([end.outputs, end.makespanMs]).toMatchObject([{ word: output }, makespan]);
  });

  test('fails when neither comes in time', async () => {
    const end = await simulate(await native(work(1_000, { passed: false }) + wait), { stepTypes });
    expect(end).toMatchObject({ status: 'failed', failedStep: 'word', failure: { code: 'WAIT_TIMED_OUT' }, makespanMs: HOUR });
  });

  test('takes a signal that came early', async () => {
    const steps = [
      { kind: 'sleep', id: 'nap', name: 'nap', type: 'sleep', dependencies: [], for: 1_000 },
      { kind: 'signal', id: 'word', name: 'word', type: 'wait-for-signal', dependencies: ['nap'], signal: 'go', until: '1 > 2' },
    ] as const;
    const end = await simulate(workflowOf(steps), { happenings: [{ at: 1, do: 'signal', name: 'go', payload: 'early' }] });
    expect(end).toMatchObject({ status: 'completed', outputs: { word: 'early' }, makespanMs: 1_000 });
  });
});
