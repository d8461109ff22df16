import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { MapStep, Step, Workflow } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type SimulateOptions, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { sharedOf } from './witnesses.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 80;

const mapOf = (over: string, steps: readonly Step[], more: Partial<MapStep> = {}): MapStep => ({
  kind: 'map',
  id: 'm',
  name: 'm',
  type: 'map',
  dependencies: [],
  over,
  as: 'item',
  workflow: workflowOf(steps, { name: 'body' }),
  ...more,
});

const one = task('one', { params: { item: '{{ item }}', index: '{{ index }}' } });

async function perform(workflow: Workflow, player: AgentFunction, more: Partial<SimulateOptions> = {}) {
  const end = await simulate(workflow, { crew: { personas: { '*': player } }, maxConcurrency: 100, ...more });
  const run = foldJournal('simulation', end.workflow, end.journal);
  expect(leftovers(run)).toEqual({});
  const of = (path: string) => end.view.steps.find((step) => step.path === path);
  return { end, run, of, outputs: (end.outputs ?? {}) as JsonObject };
}

describe('a map', () => {
  test('keeps the order of its list, and never has more at work than it may', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(60), { maxLength: 12 }),
        fc.option(fc.integer({ min: 1, max: 4 })),
        fc.integer({ min: 1, max: 9 }),
        async (items, maxConcurrent, maxConcurrency) => {
          let atWork = 0;
          let most = 0;
          const player: AgentFunction = async ({ task: { params }, sleep }) => {
            most = Math.max(most, ++atWork);
            await sleep(Number(params.item));
            atWork--;
            return params.index ?? null;
          };
          const map = mapOf('input.items', [one], maxConcurrent === null ? {} : { maxConcurrent });
          const { end, outputs } = await perform(workflowOf([map]), player, { input: { items }, maxConcurrency });
          expect([end.status, outputs.m]).toEqual(['completed', items.map((_, i) => i)]);
          expect(most).toBe(Math.min(items.length, maxConcurrent ?? 100, maxConcurrency));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('fails when more items fail than it tolerates, by count or share; a failed item gives null', async () => {
    const tolerances = fc.oneof(
      fc.constant(undefined),
      fc.nat(4).map((count) => ({ count })),
      fc.constantFrom(0, 0.25, 0.5, 1).map((share) => ({ share })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 8 }), tolerances, async (items, tolerate) => {
        const player: AgentFunction = ({ task: { params } }) => {
          if (params.item === false) throw new Error('no');
          return 'well';
        };
        const map = mapOf('input.items', [one], tolerate === undefined ? {} : { tolerate });
        const { of, outputs, run } = await perform(
          workflowOf([map, task('next', { params: { item: 1 } })], { onFailure: 'best_effort' }),
          player,
          {
            input: { items },
          },
        );
        const may = tolerate === undefined ? 0 : 'count' in tolerate ? tolerate.count : Math.floor(tolerate.share * items.length);
        const failed = items.filter((item) => !item).length;
        expect(of('m')?.outcome).toBe(failed > may ? 'failed' : 'completed');
        if (failed <= may) expect(outputs.m).toEqual(items.map((item) => (item ? 'well' : null)));
        else if (may > 0) expect(of('m')?.error).toMatchObject({ code: 'MAP_FAILED', cause: { code: 'AGENT_FAILED' } });
        // The items are nobody's steps, whether the map has failed or not.
        expect(Object.keys(run.state.root.steps).filter((name) => name.startsWith('m['))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test.each<[string, Json, string]>([
    ['text', 'a,b', 'a string'],
    ['a map', { a: 1 }, 'a map'],
    ['nothing', null, 'nothing'],
  ])('over %s fails, and says what that was', async (_, items, was) => {
    const { of } = await perform(workflowOf([mapOf('input.items', [one])]), () => null, { input: { items } });
    expect([of('m')?.outcome, of('m')?.error?.code]).toEqual(['failed', 'TEMPLATE_FAILED']);
    expect(of('m')?.error?.message).toContain(`gave ${was}`);
  });

  test('sees the variables and steps around it, and leaves nothing of its own outside', async () => {
    const body = task('inside', { params: { saw: '{{ variables.shade }}', first: '{{ steps.first }}', item: '{{ item }}' } });
    const workflow = workflowOf(
      [task('first'), mapOf('[1, 2]', [body], { dependencies: ['first'] }), task('last', { dependencies: ['m'] })],
      {
        variables: { shade: 'grey' },
      },
    );
    const { outputs, run } = await perform(workflow, ({ task: { params, step } }) =>
      completed(step === 'first' ? 'the first' : params, { variables: step.startsWith('m[') ? { shade: 'red', leak: true } : {} }),
    );
    expect(outputs.m).toEqual([1, 2].map((item) => ({ saw: 'grey', first: 'the first', item })));
    expect(run.state.root.variables).toMatchObject({ shade: 'grey' });
    expect(run.state.root.variables).not.toHaveProperty('leak');
    expect(run.state.root.variables).not.toHaveProperty('item');
    expect(Object.keys(outputs)).toEqual(['first', 'm', 'last']);
  });

  test('in a map gives lists in a list, and each body sees both items', async () => {
    const inner = mapOf('item', [task('leaf', { params: { outer: '{{ item }}', inner: '{{ cell }}' } })], { id: 'row', as: 'cell' });
    const { outputs } = await perform(workflowOf([mapOf('[[1, 2], [], [3]]', [inner])]), ({ task: { params } }) => params);
    expect(outputs.m).toEqual([
      [
        { outer: [1, 2], inner: 1 },
        { outer: [1, 2], inner: 2 },
      ],
      [],
      [{ outer: [3], inner: 3 }],
    ]);
  });

  test('whose bodies have several steps gives their outputs by step', async () => {
    const second = task('two', { params: { before: '{{ steps.one }}' }, dependencies: ['one'] });
    const { outputs } = await perform(workflowOf([mapOf('["a"]', [one, second])]), ({ task: { params, step } }) =>
      step.endsWith('one') ? 1 : (params.before ?? null),
    );
    expect(outputs.m).toEqual([{ one: 1, two: 1 }]);
  });

  test('merges what its items write, in the order of the list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(60), { minLength: 1, maxLength: 8 }), async (items) => {
        const body = task('one', { params: { item: '{{ item }}', index: '{{ index }}' }, writes: ['log', 'table'] });
        const player: AgentFunction = async ({ task: { params, context }, sleep }) => {
          await sleep(Number(params.item));
          const { log, table } = context?.values ?? {};
          const index = Number(params.index);
          return completed(null, {
            writes: { log: [...(log as Json[]), index], table: { ...(table as JsonObject), [`i${index}`]: index } },
          });
        };
        const { end, run } = await perform(workflowOf([mapOf('input.items', [body])], { shared: { log: [], table: {} } }), player, {
          input: { items },
        });
        expect([end.status, sharedOf(run).log]).toEqual(['completed', items.map((_, i) => i)]);
        expect(Object.keys(sharedOf(run).table as JsonObject)).toHaveLength(items.length);
      }),
      { numRuns: RUNS },
    );
  });

  test('that is cancelled ends every item', async () => {
    const { end } = await perform(
      workflowOf([mapOf('[50, 60, 70, 80]', [one], { maxConcurrent: 2 })]),
      ({ task: { params }, sleep }) => sleep(Number(params.item)),
      {
        happenings: [{ at: 55, do: 'cancel', reason: 'enough' }],
      },
    );
    expect(end.status).toBe('cancelled');
    const items = end.view.steps.filter(({ path }) => /^m\[\d\]$/.test(path));
    expect(items.map(({ outcome }) => outcome)).toEqual(['completed', 'cancelled', 'cancelled', 'cancelled']);
  });

  test('takes a thousand items', async () => {
    const items = Array.from({ length: 1000 }, (_, i) => i);
    const { outputs } = await perform(
      workflowOf([mapOf('input.items', [one], { maxConcurrent: 50 })]),
      ({ task: { params } }) => params.item ?? null,
      {
        input: { items },
      },
    );
    expect(outputs.m).toEqual(items);
  });
});
