import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { GroupStep, Workflow } from '../../src/definition/workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

const group = (more: Partial<GroupStep>): GroupStep => ({
  kind: 'group',
  id: 'block',
  name: 'block',
  type: 'parallel',
  dependencies: [],
  mode: 'parallel',
  waitFor: 'all',
  steps: [],
  ...more,
});

const perform = (workflow: Workflow, script: Parameters<typeof scriptedAgent>[1]) =>
  simulate(workflow, { crew: { personas: { '*': scriptedAgent('player', script) } } });

describe('a group joined by its first success', () => {
  test.each(['continue', 'stop', 'best_effort'] as const)(
    'in sequence tries one alternative after the other (on failure: %s)',
    async (onFailure) => {
      const steps = [group({ mode: 'sequential', waitFor: 'any', steps: [task('a'), task('b'), task('c')] })];
      const end = await perform(workflowOf(steps, { onFailure }), {
        a: { fail: 'no' },
        b: { output: 'yes' },
        c: { output: 'never asked' },
      });
      expect(end.status).toBe('completed');
      expect(end.outputs).toEqual({ b: 'yes', block: { b: 'yes' } });
      expect(end.view.steps.map(({ path, outcome }) => [path, outcome])).toEqual([
        ['block', 'completed'],
        ['a', 'failed'],
        ['b', 'completed'],
        ['c', 'skipped'],
      ]);
    },
  );

  test('in parallel ends the others, and what they answer later is not applied', async () => {
    const steps = [group({ waitFor: 'any', steps: [task('slow'), task('fast')] }), task('after', { dependencies: ['block'] })];
    const end = await perform(workflowOf(steps), {
      slow: { after: 9000, output: 1 },
      fast: { after: 10, output: 2 },
      after: { after: 20_000 },
    });
    expect(end.status).toBe('completed');
    expect(end.outputs).toMatchObject({ fast: 2, block: { fast: 2 } });
    expect(end.outputs).not.toHaveProperty('slow');
  });

  test('fails only when nobody succeeds', async () => {
    const steps = [group({ waitFor: 'any', steps: [task('a'), task('b')] })];
    const end = await perform(workflowOf(steps), { a: { fail: 'no' }, b: { fail: 'neither' } });
    expect([end.status, end.failedStep, end.error]).toEqual(['failed', 'block', 'no']);
  });
});

describe('a group joined by so many successes', () => {
  test('tries on in sequence until it has them, or can no longer', async () => {
    const steps = (quorum: number) => [
      group({ mode: 'sequential', waitFor: 'quorum', quorum, steps: ['a', 'b', 'c', 'd'].map((id) => task(id)) }),
    ];
    const script = { a: { fail: 'no' }, '*': { output: 1 } };
    const enough = await perform(workflowOf(steps(2)), script);
    expect(Object.fromEntries(enough.history)).toMatchObject({
      a: 'failed',
      b: 'completed',
      c: 'completed',
      d: 'skipped',
      block: 'completed',
    });
    const tooMany = await perform(workflowOf(steps(4)), script);
    expect([tooMany.failure?.code, tooMany.history.map(([path]) => path)]).toEqual(['JOIN_FAILED', ['a', 'b', 'c', 'd', 'block']]);
  });

  test('whose failures end nothing lets those who depend on them go, also where the workflow stops on failure', async () => {
    const steps = [
      group({ mode: 'graph', waitFor: 'quorum', quorum: 2, steps: [task('a'), task('b', { dependencies: ['a'] }), task('c'), task('d')] }),
    ];
    const end = await perform(workflowOf(steps, { onFailure: 'stop' }), { a: { fail: 'no' }, c: { after: 10 }, d: { after: 20 }, '*': {} });
    expect(Object.fromEntries(end.history)).toMatchObject({
      a: 'failed',
      b: 'skipped',
      c: 'completed',
      d: 'completed',
      block: 'completed',
    });
  });
});

describe('a failure', () => {
  const steps = [task('bad'), task('free'), task('next', { dependencies: ['bad'] }), task('last', { dependencies: ['next'] })];
  const script = { bad: { after: 10, fail: 'no' }, free: { after: 50, output: 1 }, '*': { output: 2 } };

  test('lets independent branches finish, skips what depends on it, and fails the run', async () => {
    const end = await perform(workflowOf(steps), script);
    expect([end.status, end.failedStep]).toEqual(['failed', 'bad']);
    expect(end.history).toEqual([
      ['bad', 'failed'],
      ['next', 'skipped'],
      ['last', 'skipped'],
      ['free', 'completed'],
    ]);
    expect(end.view.steps.find((step) => step.path === 'last')?.why).toBe('bad failed');
  });

  test('under `stop` ends everything at once', async () => {
    const end = await perform(workflowOf(steps, { onFailure: 'stop' }), script);
    expect(Object.fromEntries(end.history)).toEqual({ bad: 'failed', next: 'skipped', last: 'skipped', free: 'cancelled' });
    expect(end.makespanMs).toBe(10);
  });

  test('under `best_effort` is on record and changes nothing else', async () => {
    const end = await perform(workflowOf(steps, { onFailure: 'best_effort' }), script);
    expect([end.status, end.error]).toEqual(['completed', null]);
    expect(Object.fromEntries(end.history)).toEqual({ bad: 'failed', free: 'completed', next: 'completed', last: 'completed' });
  });

  test('wakes the handlers, which know what failed and cannot change the verdict', async () => {
    const handler = task('tell', { params: { step: '{{ variables.failed_step }}', because: '{{ variables.failure_reason }}' } });
    const seen: unknown[] = [];
    const end = await simulate(workflowOf(steps, { onWorkflowFailure: [handler] }), {
      crew: {
        personas: {
          '*': ({ task: { step, params } }) => {
            if (step === 'bad') throw new Error('it broke');
            if (step === 'tell') seen.push(params);
            return step;
          },
        },
      },
    });
    expect([end.status, end.failedStep, seen]).toEqual(['failed', 'bad', [{ step: 'bad', because: 'it broke' }]]);
  });
});

describe('a handler named like a step', () => {
  test('is another step: its attempts have keys of their own, and both are on record', async () => {
    const keys: string[] = [];
    const end = await simulate(workflowOf([task('build')], { onWorkflowFailure: [task('build')] }), {
      crew: {
        personas: {
          '*': ({ task: { key } }) => {
            keys.push(key);
            if (keys.length === 1) throw new Error('no');
          },
        },
      },
    });
    expect(keys).toEqual(['simulation/build#1', 'simulation/(handlers)/build#1']);
    expect(end.view.steps.map(({ path, outcome }) => [path, outcome])).toEqual([
      ['build', 'failed'],
      ['(handlers)/build', 'completed'],
    ]);
  });
});

describe('a skipped dependency', () => {
  const steps = [task('maybe', { condition: 'false' }), task('next', { dependencies: ['maybe'] })];

  test('satisfies, unless the workflow says that it propagates', async () => {
    const satisfied = await perform(workflowOf(steps), { '*': { output: 1 } });
    const propagated = await perform(workflowOf(steps, { onSkip: 'propagate' }), { '*': { output: 1 } });
    expect([Object.fromEntries(satisfied.history), Object.fromEntries(propagated.history)]).toEqual([
      { maybe: 'skipped', next: 'completed' },
      { maybe: 'skipped', next: 'skipped' },
    ]);
  });
});

describe('a step that only waits', () => {
  test('is not held up by steps that have no room', async () => {
    const wait = { kind: 'signal' as const, id: 'go', name: 'go', type: 'wait-for-signal', dependencies: [], signal: 'go' };
    const end = await simulate(workflowOf([task('one'), task('two'), wait]), {
      maxConcurrency: 1,
      crew: { personas: { '*': ({ sleep }) => sleep(10_000) } },
      happenings: [{ at: 5, do: 'signal', name: 'go', payload: 'now' }],
    });
    expect(end.history[0]).toEqual(['go', 'completed']);
  });
});

describe('the verdict of a persona that is a program', () => {
  test.each([
    ['{"status":"fail","reason":"no"}', 'fail'],
    ['pass', 'pass'],
  ])('is read from what it printed: %s', async (stdout, status) => {
    const reviewer = { ...task('review', { persona: 'code-reviewer' }) };
    const end = await simulate(workflowOf([reviewer], { outputs: { status: '{{ variables.review_status }}' } }), {
      crew: { personas: { '*': () => ({ exitCode: 0, stdout: `${stdout}\n`, stderr: '' }) } },
    });
    expect(end.outputs).toEqual({ status });
  });
});
