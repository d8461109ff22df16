import { describe, expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

const diamond = workflowOf([
  task('a'),
  task('b', { dependencies: ['a'] }),
  task('c', { dependencies: ['a'] }),
  task('d', { dependencies: ['b', 'c'] }),
]);
const willing: AgentScript = { '*': { after: 10, output: 'done' } };
const without = (broken: string): AgentScript => ({ ...willing, [broken]: { after: 20, fail: 'broken' } });
const outcomes = ({ steps }: { steps: readonly { path: string; outcome: unknown; attempts: number }[] }) =>
  steps.map(({ path, outcome, attempts }) => `${path} ${outcome} ${attempts}`);

describe('a run that failed', () => {
  test('goes on in the same run: what completed stands with its times, the rest runs again, its attempts numbered on', async () => {
    const lives = new Lives();
    const before = await lives.start(diamond, without('b'));
    expect(outcomes(before)).toEqual(['a completed 1', 'b failed 1', 'c completed 1', 'd skipped 0']);
    const after = await lives.live(willing, (runtime) => runtime.retry('run'));
    expect(lives.begun).toEqual(['run/b#2', 'run/d#1']);
    expect(outcomes(after)).toEqual(['a completed 1', 'b completed 2', 'c completed 1', 'd completed 1']);
    expect(after.startedAt).toBe(before.startedAt);
    for (const path of ['a', 'c'])
      expect(after.steps.find((step) => step.path === path)).toEqual(before.steps.find((step) => step.path === path));
    expect((await lives.store.getSummary('run'))?.status).toBe('completed');
  });

  test('can fail and be tried again as often as one likes', async () => {
    const lives = new Lives();
    await lives.start(diamond, without('b'));
    await lives.live(without('b'), (runtime) => runtime.retry('run'));
    await lives.live(without('d'), (runtime) => runtime.retry('run'));
    const after = await lives.live(willing, (runtime) => runtime.retry('run'));
    expect(lives.begun).toEqual(['run/d#2']);
    expect(outcomes(after)).toEqual(['a completed 1', 'b completed 3', 'c completed 1', 'd completed 2']);
    expect((await lives.fold('run')).status).toBe('completed');
  });

  test('is listed as running from the moment on at which it goes on, whatever was written down before', async () => {
    const lives = new Lives();
    await lives.start(diamond, without('b'));
    expect((await lives.store.getSummary('run'))?.status).toBe('failed');
    const batches = await lives.store.read('run');
    await lives.live({ '*': { forever: true } }, (runtime) => runtime.retry('run'));
    const runtime = await createRuntime({ store: lives.store });
    expect((await runtime.list()).map(({ status }) => status)).toEqual(['running']);
    expect((await lives.fold('run', batches.length)).status).toBe('failed');
  });

  test('does again what was compensated', async () => {
    const undo = { compensate: { type: 'work', persona: 'p', params: {} } };
    const trip = workflowOf([
      {
        ...task('trip'),
        kind: 'group',
        type: 'sequence',
        mode: 'sequential',
        waitFor: 'all',
        onFailure: 'compensate',
        steps: [task('flight', undo), task('hotel', { dependencies: ['flight'] })],
      },
    ]);
    const lives = new Lives();
    await lives.start(trip, without('hotel'));
    expect(lives.begun).toEqual(['run/flight#1', 'run/hotel#1', 'run/(compensation)/flight#1']);
    const after = await lives.live(willing, (runtime) => runtime.retry('run'));
    expect(lives.begun).toEqual(['run/flight#2', 'run/hotel#2']);
    expect(after.status).toBe('completed');
  });

  test('keeps what people said, and signals that nobody has used', async () => {
    const asking = workflowOf([
      { ...task('ask'), kind: 'signal', type: 'wait-for-signal', signal: 'go' },
      task('b', { dependencies: ['ask'] }),
      { ...task('later', { dependencies: ['b'] }), kind: 'signal', type: 'wait-for-signal', signal: 'later' },
    ]);
    const lives = new Lives();
    await lives.live(without('b'), async (runtime) => {
      const run = await runtime.start(asking, { id: 'run' });
      await run.signal('later', 'kept');
      await run.signal('go', 'yes');
      return run;
    });
    const after = await lives.live(willing, (runtime) => runtime.retry('run'));
    expect(after.outputs).toEqual({ ask: 'yes', b: 'done', later: 'kept' });
  });

  test('is refused where nothing has failed, where it has not ended, where it is live, and from a step that is not there', async () => {
    const lives = new Lives();
    await lives.start(diamond, willing);
    const runtime = await createRuntime({ store: lives.store, crew: { personas: { '*': () => new Promise(() => {}) } } });
    await expect(runtime.retry('run')).rejects.toMatchObject({ code: 'NOTHING_TO_RETRY' });
    await expect(runtime.retry('run', { from: 'bb' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(runtime.retry('nobody')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await runtime.start(diamond, { id: 'live' });
    await expect(runtime.retry('live', { from: 'a' })).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' });
    await runtime.stop({ graceMs: 0 });
    const other = await createRuntime({ store: lives.store });
    await expect(other.retry('live')).rejects.toMatchObject({ code: 'NOTHING_TO_RETRY' });
  });
});

describe('a run that goes back to a step', () => {
  test('runs that step and what depends on it again, and nothing else', async () => {
    const lives = new Lives();
    await lives.start(diamond, willing);
    const after = await lives.live({ '*': { output: 'again' } }, (runtime) => runtime.retry('run', { from: 'b' }));
    expect(lives.begun).toEqual(['run/b#2', 'run/d#2']);
    expect(after.outputs).toEqual({ a: 'done', b: 'again', c: 'done', d: 'again' });
  });

  test('need not have ended: what was in flight begins anew', async () => {
    const lives = new Lives();
    await lives.live({ ...willing, c: { forever: true } }, (runtime) => runtime.start(diamond, { id: 'run' }));
    const after = await lives.live(willing, (runtime) => runtime.retry('run', { from: 'b' }));
    expect([...lives.begun].sort()).toEqual(['run/b#2', 'run/c#2', 'run/d#1']);
    expect(after.status).toBe('completed');
  });
});
