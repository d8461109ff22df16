import { describe, expect, test } from 'vitest';
import type { NestedStep, Step, ValueDeclaration, Workflow } from '../../src/definition/workflow.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type SimulateOptions, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';

const nested = (workflow: Workflow, more: Partial<NestedStep> = {}): NestedStep => ({
  kind: 'workflow',
  id: 'n',
  name: 'n',
  type: 'workflow',
  dependencies: [],
  ref: workflow.name,
  inputs: {},
  workflow,
  ...more,
});

const number: ValueDeclaration = { schema: { type: 'number' }, required: true };

async function perform(steps: readonly Step[], more: Partial<SimulateOptions> = {}, root: Partial<Workflow> = {}) {
  const end = await simulate(workflowOf(steps, root), { crew: { personas: { '*': ({ task: { params } }) => params } }, ...more });
  expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
  const of = (path: string) => end.view.steps.find((step) => step.path === path);
  return { end, of, outputs: (end.outputs ?? {}) as JsonObject };
}

describe('a nested workflow', () => {
  const doubling = workflowOf([task('work', { params: { got: '{{ input.n }}', unit: '{{ input.unit }}' } })], {
    name: 'doubling',
    inputs: { n: number, unit: { schema: { type: 'string' }, required: false, default: 'mm' } },
    outputs: { twice: '{{ steps.work.got * 2 }}' },
    outputTypes: { twice: number },
  });

  test('is given what it declares, defaults filled in, and gives back what it declares', async () => {
    const { end, outputs, of } = await perform([nested(doubling, { inputs: { n: 21 } })]);
    expect([end.status, outputs.n, of('n/work')?.outcome]).toEqual(['completed', { twice: 42 }, 'completed']);
  });

  test.each<[string, JsonObject, RegExp]>([
    ['a text for a number', { n: 'many' }, /n/],
    ['nothing where something is required', {}, /n/],
  ])('that is given %s does not begin', async (_, inputs, named) => {
    const { of } = await perform([nested(doubling, { inputs })]);
    expect([of('n')?.error?.code, of('n/work')?.outcome ?? null]).toEqual(['INPUT_INVALID', null]);
    expect(of('n')?.error?.message).toMatch(named);
  });

  test('whose outputs are not what it declares fails with them', async () => {
    const { of } = await perform([nested({ ...doubling, outputs: { twice: 'two' } }, { inputs: { n: 1 } })]);
    expect([of('n')?.outcome, of('n')?.error?.code]).toEqual(['failed', 'OUTPUT_INVALID']);
  });

  test('has variables and a shared context of its own', async () => {
    const inner = workflowOf([task('see', { params: { v: '{{ variables.v }}', s: '{{ shared.s }}' } })], {
      name: 'inner',
      variables: { v: 'own' },
      shared: { s: 'own' },
    });
    const { outputs } = await perform([nested(inner)], {}, { variables: { v: 'outer' }, shared: { s: 'outer' } });
    expect(outputs.n).toEqual({ see: { v: 'own', s: 'own' } });
  });

  test('that fails fails its step, with the failure of the member that decided', async () => {
    const inner = workflowOf([task('bad')], { name: 'inner' });
    const { of, end } = await perform([nested(inner)], {
      crew: {
        personas: {
          '*': () => {
            throw new Error('no');
          },
        },
      },
    });
    expect([of('n')?.outcome, of('n')?.error?.message, end.failedStep]).toEqual(['failed', 'no', 'n']);
  });

  const slow = (name: string, inside: readonly Step[] = [task('work')]) => workflowOf(inside, { name });
  const sleeping: Partial<SimulateOptions> = {
    crew: { personas: { '*': ({ sleep, task: { params } }) => sleep(Number(params.ms ?? 1000)) } },
  };

  test('is cancelled with what it stands in, however deep', async () => {
    const { end, of } = await perform([nested(slow('outer', [nested(slow('inner'))]))], {
      ...sleeping,
      happenings: [{ at: 10, do: 'cancel', reason: 'enough' }],
    });
    expect([end.status, end.makespanMs]).toEqual(['cancelled', 10]);
    expect(['n', 'n/n', 'n/n/work'].map((path) => of(path)?.outcome)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  test('that fails ends what goes on beside it, where what it stands in stops on failure; and the other way round', async () => {
    const dies = workflowOf([task('bad', { timeout: 5, params: { ms: 1000 } }), task('work')], { name: 'dies', onFailure: 'stop' });
    const { of } = await perform([nested(dies), nested(slow('other'), { id: 'other' })], sleeping, { onFailure: 'stop' });
    expect(['n/bad', 'n/work', 'n', 'other', 'other/work'].map((path) => of(path)?.outcome)).toEqual([
      'failed',
      'cancelled',
      'failed',
      'cancelled',
      'cancelled',
    ]);
  });

  /** A workflow so many deep: `depth` 0 holds a task. */
  const deep = (depth: number): Workflow => (depth === 0 ? slow('bottom') : slow(`at ${depth}`, [nested(deep(depth - 1))]));

  test('stands at most sixteen deep, and says where it was too deep', async () => {
    const fits = await perform([nested(deep(15))]);
    expect(fits.end.status).toBe('completed');
    const { end, of } = await perform([nested(deep(16))]);
    const path = Array.from({ length: 17 }, () => 'n').join('/');
    expect([end.status, end.failure?.code, of(path)?.error?.code]).toEqual(['failed', 'NESTING_TOO_DEEP', 'NESTING_TOO_DEEP']);
    expect(end.error).toContain(path);
  });
});
