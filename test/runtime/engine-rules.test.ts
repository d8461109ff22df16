import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed, fail } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import type { Step, Workflow } from '../../src/definition/workflow.ts';
import { type Simulation, simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

const engine = (steps: readonly Step[], more: Partial<Workflow> = {}): Workflow =>
  workflowOf(steps, { dialect: 'engine', compat: 'engine', onFailure: 'stop', ...more });

const perform = (workflow: Workflow, agent: AgentFunction, maxConcurrency = 1) =>
  simulate(workflow, { maxConcurrency, crew: { personas: { '*': agent } } });

const NAMES = ['a', 'b', 'c'];

interface Draft {
  readonly waitsFor: readonly number[];
  readonly reads: string | null;
  readonly sets: string | null;
  readonly declares: boolean;
  readonly took: number;
  readonly end: 'completed' | 'completed' | 'failed' | 'thrown' | 'stop';
}

const drafts: fc.Arbitrary<Draft[]> = fc.array(
  fc.record({
    waitsFor: fc.array(fc.nat(9), { maxLength: 2 }),
    reads: fc.option(fc.constantFrom(...NAMES), { nil: null }),
    sets: fc.option(fc.constantFrom(...NAMES), { nil: null }),
    declares: fc.boolean(),
    took: fc.integer({ min: 0, max: 1000 }),
    end: fc.oneof(
      { weight: 12, arbitrary: fc.constant('completed' as const) },
      { weight: 1, arbitrary: fc.constantFrom('failed' as const, 'thrown' as const, 'stop' as const) },
    ),
  }),
  { minLength: 1, maxLength: 10 },
);

function written(all: readonly Draft[]): Workflow {
  const steps = all.map((draft, i): Step => {
    const common = {
      dependencies: [...new Set(draft.waitsFor.filter((other) => other < i).map((other) => `s${other}`))],
      ...(draft.reads === null ? {} : { condition: `${draft.reads} != 's${i}'` }),
    };
    if (draft.sets !== null && draft.declares) {
      return {
        kind: 'variables',
        id: `s${i}`,
        name: `s${i}`,
        type: 'VariableResolutionStep',
        set: { [draft.sets]: `s${i + 1}` },
        ...common,
      };
    }
    return { ...task(`s${i}`), params: { seen: draft.reads === null ? 'nothing' : `\${${draft.reads} || 'nothing'}` }, ...common };
  });
  return engine(steps, { onWorkflowFailure: [task('broken')], onStepFailure: [task('reported')] });
}

function performer(all: readonly Draft[], seen: Map<string, unknown>): AgentFunction {
  return async ({ task: { step, params }, sleep }) => {
    seen.set(step, params.seen);
    const draft = all[Number(step.slice(1))];
    if (draft === undefined || !step.startsWith('s')) return {};
    await sleep(draft.took);
    if (draft.end === 'failed') throw fail(`${step} says no`);
    if (draft.end === 'thrown') throw new Error(`${step} broke`);
    const variables =
      draft.end === 'stop' ? { workflow_stop_requested: true } : draft.sets === null ? {} : { [draft.sets]: `s${i(step) + 1}` };
    return completed({ by: step }, { variables });
  };
}

const i = (step: string) => Number(step.slice(1));

const essence = (end: Simulation) => ({ status: end.status, history: end.history, failedStep: end.failedStep, error: end.error });

describe('under engine rules', () => {
  test('a run with room for many means what the sequential run means: the same history, the same verdict, the same inputs', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.integer({ min: 2, max: 8 }), async (all, room) => {
        const [alone, together] = [new Map<string, unknown>(), new Map<string, unknown>()];
        const one = await perform(written(all), performer(all, alone), 1);
        const many = await perform(written(all), performer(all, together), room);
        expect(essence(many)).toEqual(essence(one));
        for (const [step] of one.history) expect([step, together.get(step)]).toEqual([step, alone.get(step)]);
      }),
      { numRuns: process.env.TROUPE_DEEP === '1' ? 20_000 : 300 },
    );
  });

  test('with room for one nothing begins before everything that stands before it has ended, blocks and pauses between attempts included', async () => {
    const inner = engine([task('impl'), task('test')]);
    const nested = {
      kind: 'workflow' as const,
      id: 'sub',
      name: 'sub',
      type: 'SubWorkflowStep',
      dependencies: [],
      ref: 'i',
      inputs: {},
      workflow: inner,
    };
    const choice = {
      kind: 'choice' as const,
      id: 'if',
      name: 'if',
      type: 'ConditionalStep',
      dependencies: [],
      when: 'true',
      then: [task('yes')],
      otherwise: [],
    };
    const flaky = task('flaky', { retry: { ...RETRY_SHAPE, retries: 1 } });
    const begun: string[] = [];
    const end = await perform(engine([nested, choice, flaky, task('commit')]), ({ task: { step, attempt } }) => {
      begun.push(`${step}#${attempt}`);
      if (step === 'flaky' && attempt === 1) throw new Error('once');
    });
    expect(end.status).toBe('completed');
    expect(begun).toEqual(['sub/impl#1', 'sub/test#1', 'yes#1', 'flaky#1', 'flaky#2', 'commit#1']);
  });

  test('what a block sets inside is not seen by what stands before it', async () => {
    const set = { kind: 'variables' as const, id: 'set', name: 'set', type: 'VariableResolutionStep', dependencies: [], set: { x: 'new' } };
    const choice = {
      kind: 'choice' as const,
      id: 'if',
      name: 'if',
      type: 'ConditionalStep',
      dependencies: [],
      when: 'true',
      then: [set],
      otherwise: [],
    };
    for (const room of [1, 8]) {
      const seen: unknown[] = [];
      const steps = [task('a'), task('b', { dependencies: ['a'], params: { x: '${x}' } }), choice];
      await simulate(engine(steps, { variables: { x: 'old' } }), {
        maxConcurrency: room,
        crew: { personas: { '*': ({ task: { step, params } }) => void (step === 'b' && seen.push(params.x)) } },
      });
      expect(seen).toEqual(['old']);
    }
  });

  test('a step that asks for it ends the run early, as a success, and what stands later never was', async () => {
    const steps = [task('first'), task('stop', { dependencies: ['first'] }), task('later', { dependencies: ['stop'] }), task('free')];
    for (const room of [1, 8]) {
      const end = await perform(
        engine(steps),
        ({ task: { step } }) => completed({}, { variables: step === 'stop' ? { workflow_stop_requested: true } : {} }),
        room,
      );
      expect([end.status, end.history]).toEqual([
        'completed',
        [
          ['first', 'completed'],
          ['stop', 'completed'],
        ],
      ]);
    }
  });

  test('a reported failure wakes the step handlers and is named; a broken step wakes the workflow handlers and is not', async () => {
    const workflow = engine([task('work')], { onStepFailure: [task('step-handler')], onWorkflowFailure: [task('workflow-handler')] });
    const answer =
      (end: 'reported' | 'broken'): AgentFunction =>
      ({ task: { step } }) => {
        if (step !== 'work') return {};
        throw end === 'reported' ? fail('no') : new Error('no');
      };
    const reported = await perform(workflow, answer('reported'));
    expect([reported.failedStep, reported.error, reported.history.at(-1)]).toEqual(['work', 'no', ['step-handler', 'completed']]);
    const broken = await perform(workflow, answer('broken'));
    expect([broken.failedStep, broken.error, broken.history.at(-1)]).toEqual([null, 'no', ['workflow-handler', 'completed']]);
  });

  test('what a handler does is on record and changes nothing', async () => {
    const workflow = engine([task('work')], { onWorkflowFailure: [task('one'), task('two', { dependencies: ['one'] })] });
    const end = await perform(workflow, ({ task: { step } }) => {
      if (step !== 'two') throw new Error(`${step} broke`);
    });
    expect([end.status, end.error, end.history]).toEqual([
      'failed',
      'work broke',
      [
        ['work', 'failed'],
        ['one', 'failed'],
        ['two', 'completed'],
      ],
    ]);
  });
});
