import { describe, expect, test } from 'vitest';
import type { GroupStep, NestedStep } from '../../src/definition/workflow.ts';
import { bindStepTypes } from '../../src/runtime/bind-step-types.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

const block: GroupStep = {
  kind: 'group',
  id: 'block',
  name: 'block',
  type: 'parallel',
  dependencies: [],
  mode: 'parallel',
  waitFor: 'all',
  steps: [{ kind: 'variables', id: 'set', name: 'set', type: 'variables', dependencies: [], set: { a: 1 } }],
};
const nested: NestedStep = {
  kind: 'workflow',
  id: 'inner',
  name: 'inner',
  type: 'workflow',
  dependencies: ['block'],
  ref: 'inner',
  inputs: { x: 1 },
  workflow: workflowOf([block]),
};

describe('a registered step type', () => {
  test('outranks the built-in one wherever it stands, and leaves the definition it was given alone', () => {
    const workflow = workflowOf([block, nested, task('t')]);
    const before = JSON.stringify(workflow);
    const bound = bindStepTypes(workflow, ['variables']);
    const [outer, inner] = bound.steps as [GroupStep, NestedStep];
    expect(outer.steps[0]).toMatchObject({ kind: 'task', id: 'set', params: { variables: { a: 1 } } });
    expect(inner.workflow?.steps).toMatchObject([{ steps: [{ kind: 'task', id: 'set' }] }]);
    expect(JSON.stringify(workflow)).toBe(before);
    expect(bindStepTypes(workflow, ['variables'])).toBe(bound);
  });

  test('that stands nowhere changes nothing: the same definition comes back', () => {
    const workflow = workflowOf([block, nested]);
    expect(bindStepTypes(workflow, ['something-else'])).toBe(workflow);
    expect(bindStepTypes(workflow, [])).toBe(workflow);
  });

  test('is asked for the work of a nested workflow it replaces', async () => {
    const end = await simulate(workflowOf([nested]), { stepTypes: { workflow: ({ task: { params } }) => params } });
    expect(end.outputs).toEqual({ inner: { workflow: 'inner', inputs: { x: 1 } } });
  });
});

describe('a nested workflow', () => {
  test('has variables of its own, gives its outputs to the step, and its steps are on record under its path', async () => {
    const inner = workflowOf([task('work', { params: { x: '{{ variables.x }}' } })], {
      outputs: { doubled: '{{ steps.work.x + steps.work.x }}' },
    });
    const outer = workflowOf([
      { ...nested, dependencies: [], inputs: { x: '{{ variables.n }}' }, workflow: inner },
      task('after', { dependencies: ['inner'] }),
    ]);
    const end = await simulate(outer, { variables: { n: 21 }, crew: { personas: { '*': ({ task: { params } }) => params } } });
    expect(end.outputs).toMatchObject({ inner: { doubled: 42 } });
    expect(end.history.map(([path]) => path)).toEqual(['inner/work', 'inner', 'after']);
  });

  test('that fails fails its step; one that is not there fails it with the name', async () => {
    const failing = await simulate(workflowOf([{ ...nested, dependencies: [], workflow: workflowOf([task('work')]) }]), {
      crew: {
        personas: {
          '*': () => {
            throw new Error('inside');
          },
        },
      },
    });
    expect([failing.status, failing.failedStep, failing.error]).toEqual(['failed', 'inner', 'inside']);
    const { workflow: _, ...missing } = nested;
    const absent = await simulate(workflowOf([{ ...missing, dependencies: [] }]));
    expect(absent.failure).toMatchObject({ code: 'WORKFLOW_NOT_FOUND' });
  });

  test('is cancelled with the run, whatever it is doing', async () => {
    const outer = workflowOf([{ ...nested, dependencies: [], workflow: workflowOf([task('long')]) }]);
    const end = await simulate(outer, {
      crew: { personas: { '*': ({ sleep }) => sleep(60_000) } },
      happenings: [{ at: 1000, do: 'cancel', reason: 'enough' }],
    });
    expect([end.status, end.makespanMs]).toEqual(['cancelled', 1000]);
    expect(Object.fromEntries(end.history)).toEqual({ 'inner/long': 'cancelled', inner: 'cancelled' });
  });
});
