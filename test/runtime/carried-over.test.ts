import { describe, expect, test } from 'vitest';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { PhaseSettings } from '../../src/definition/phase-settings.ts';
import type { GroupStep, SleepStep, Step, VoteStep } from '../../src/definition/workflow.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Runtime } from '../../src/runtime/runtime-contract.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

const phase = (id: string, steps: readonly Step[], settings: PhaseSettings, dependencies: readonly string[] = []): GroupStep => ({
  kind: 'group',
  id,
  name: id,
  type: 'phase',
  mode: 'graph',
  waitFor: 'all',
  dependencies,
  steps,
  phase: settings,
});

const turns = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};
const attempts = (keys: readonly string[]) => keys.map((key) => key.slice(key.indexOf('/') + 1));

describe('rounds', () => {
  const bad: AgentScript = { '*': { output: { good: false } } };
  const reworked = workflowOf([phase('p', [task('x')], { gate: { check: 'steps.x.good', onFailure: 'rework', max: 2 } })]);

  test('of a phase are counted on when its run is tried again: its bound holds over all its lives', async () => {
    const lives = new Lives();
    expect((await lives.start(reworked, bad)).status).toBe('failed');
    expect(attempts(lives.begun)).toEqual(['x#1', 'x#2', 'x#3']);
    const again = await lives.live(bad, (runtime) => runtime.retry('run'));
    expect([again.status, lives.begun]).toEqual(['failed', []]);
    expect(again.phases[0]?.rounds.map(({ round, result }) => [round, result])).toEqual([
      [1, 'reworked'],
      [2, 'reworked'],
      [3, 'failed'],
      [4, 'failed'],
    ]);
    expect((await lives.fold('run')).status).toBe('failed');
  });

  test('begin anew only where a person says so, and what was found stays known', async () => {
    const lives = new Lives();
    await lives.start(reworked, bad);
    const again = await lives.live(bad, (runtime) => runtime.retry('run', { freshRounds: true }));
    expect([again.status, attempts(lives.begun)]).toEqual(['failed', ['x#4', 'x#5']]);
    const batches = await lives.store.read('run');
    const last = batches.flatMap(({ intents }) => intents.filter(([kind]) => kind === 'task.start')).at(-1);
    expect(last?.[1]).toBe('x#5');
    expect((await lives.fold('run')).state.phases.get('p')?.rounds).toHaveLength(6);
  });

  test('of a way back are counted on, too, also in a fork; whoever runs again is told what was found before', async () => {
    const workflow = workflowOf([
      phase('build', [task('code')], {}),
      phase('check', [task('look')], { feedback: { to: 'build', when: '!steps.look.good', findings: 'look.n', max: 2 } }, ['build']),
    ]);
    const looks = { '*': { output: 'done' }, look: [1, 2, 3, 4, 5].map((n) => ({ output: { good: false, n } })) };
    const lives = new Lives();
    const first = await lives.start(workflow, looks);
    expect([first.status, first.phases[0]?.rounds.length]).toEqual(['failed', 3]);
    const retry = await lives.live(looks, (runtime) => runtime.retry('run', { from: 'code' }));
    expect([retry.status, attempts(lives.begun)]).toEqual(['failed', ['code#4', 'look#4']]);
    expect((await lives.fold('run')).state.root.variables.feedback).toHaveLength(2);
    const fork = await lives.live(looks, (runtime) => runtime.fork('run', { id: 'fork', with: { code: 'other' } }));
    expect([fork.status, attempts(lives.begun)]).toEqual(['failed', ['look#1']]);
    const fresh = await lives.live(looks, (runtime) => runtime.fork('run', { id: 'fresh', with: { code: 'other' }, freshRounds: true }));
    expect([fresh.status, fresh.phases[1]?.rounds.filter(({ result }) => result === 'sent_back')]).toMatchObject(['failed', { length: 4 }]);
    expect((await lives.fold('fresh')).status).toBe('failed');
  });

  test('of what stands are not counted again: it was entered, and nobody worked', async () => {
    const workflow = workflowOf([
      phase('p', [task('x')], { gate: { check: 'steps.x.good', onFailure: 'rework', max: 2 } }),
      task('y', { dependencies: ['p'] }),
    ]);
    const script: AgentScript = { x: [{ output: { good: false } }, { output: { good: true } }], y: [{ fail: 'no' }, { output: 1 }] };
    const lives = new Lives();
    const first = await lives.start(workflow, script);
    const again = await lives.live(script, (runtime) => runtime.retry('run'));
    expect([first.status, again.status, again.phases]).toEqual(['failed', 'completed', first.phases]);
  });
});

describe('what was said', () => {
  const heard: string[] = [];
  const parts: Record<string, AgentFunction> = {
    says: ({ send }) => send('hears', 'by who stands'),
    repeats: async ({ send, task: { attempt } }) => {
      await send('hears', `by who runs again, ${attempt}`);
      if (attempt === 1) throw new Error('no');
    },
    hears: async ({ task: { attempt }, messages, sleep }) => {
      void (async () => {
        for await (const { body } of messages()) heard.push(`${attempt}: ${body}`);
      })();
      await sleep(1000);
      if (attempt === 1) throw new Error('no');
    },
  };

  test('to a step that runs again is said again: once, and only what nobody else will say', async () => {
    const store = createMemoryStore();
    const crew = { personas: { '*': (work: Parameters<AgentFunction>[0]) => parts[work.task.step]?.(work) } };
    const time = new VirtualTime();
    const runtime = await createRuntime({ store, time, crew });
    await untilQuiet(await runtime.start(workflowOf(Object.keys(parts).map((id) => task(id))), { id: 'run' }), time, 1000);
    expect(heard.splice(0).sort()).toEqual(['1: by who runs again, 1', '1: by who stands']);
    const retried = await runtime.retry('run');
    await untilQuiet(retried, time, 1000);
    expect(retried.state()).toMatchObject({ status: 'completed', deadLetters: [] });
    expect(heard.splice(0).sort()).toEqual(['2: by who runs again, 2', '2: by who stands']);
    const fork = await runtime.fork('run', { id: 'fork', at: 0 });
    await untilQuiet(fork, time, 1000);
    await untilQuiet(await runtime.retry('run', { from: 'hears' }), time, 1000);
    expect(heard.filter((said) => said.startsWith('3'))).toEqual(['3: by who stands', '3: by who runs again, 2']);
    await runtime.stop();
  });
});

describe('the deadline of what goes on while its run goes back', () => {
  const MINUTE = 60_000;
  const nap: SleepStep = { kind: 'sleep', id: 'nap', name: 'nap', type: 'sleep', dependencies: [], for: 60 * MINUTE };
  const race: GroupStep = {
    ...phase('race', [task('slow')], {}),
    type: 'parallel',
    mode: 'parallel',
    waitFor: 'deadline',
    deadline: 60 * MINUTE,
  };
  const { phase: _phase, ...deadline } = race;
  const tie: VoteStep = {
    kind: 'vote',
    id: 'vote',
    name: 'vote',
    type: 'vote',
    dependencies: [],
    rule: 'majority',
    choice: [],
    timeout: 60 * MINUTE,
    steps: [task('vote.1'), task('vote.2')],
  };

  /** Goes back to `x` after half an hour; resolves with the minute in which a step ended. */
  async function endOf(step: Step, from: string): Promise<number> {
    const store = createMemoryStore();
    const slow = ({ sleep }: { sleep: (ms: number) => Promise<void> }) => sleep(1000 * MINUTE);
    const crew = { personas: { '*': (work: Parameters<AgentFunction>[0]) => (work.task.step === 'slow' ? slow(work) : work.task.step) } };
    const workflow = workflowOf([task('x'), step, task('z', { dependencies: ['x'], type: 'work' }), waits]);
    let time = new VirtualTime();
    let runtime: Runtime = await createRuntime({ store, time, crew });
    await runtime.start(workflow, { id: 'run' });
    await turns();
    await runtime.stop({ graceMs: 0 });
    time = new VirtualTime(30 * MINUTE);
    runtime = await createRuntime({ store, time, crew });
    const handle = await runtime.retry('run', { from });
    await untilQuiet(handle, time, 1000);
    const ended = handle.state().steps.find(({ path }) => path === step.id)?.endedAt ?? 0;
    await runtime.stop({ graceMs: 0 });
    return ended / MINUTE;
  }
  const waits: Step = { kind: 'signal', id: 'waits', name: 'waits', type: 'signal', dependencies: [], signal: 'never' };

  test.each<[string, Step]>([
    ['a sleep', nap],
    ['a deadline join', deadline],
    ['a tie in a vote', tie],
  ])('stays where it was: %s', async (_what, step) => {
    expect(await endOf(step, 'x')).toBe(60);
  });

  test('begins anew where it runs again itself', async () => {
    expect(await endOf(nap, 'nap')).toBe(90);
  });
});
