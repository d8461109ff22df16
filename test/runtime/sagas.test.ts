import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { NestedStep, Step, Workflow } from '../../src/definition/workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

type Script = Parameters<typeof scriptedAgent>[1];

const compensateOn = ['failure', 'cancel'] as const;
const undoable = (id: string, after: readonly string[] = []) =>
  task(id, { dependencies: after, compensate: { type: 'undo', params: { of: `{{ steps.${id} }}` } } });
const then = (id: string, ...after: string[]) => task(id, { dependencies: after });
const nested = (id: string, steps: readonly Step[], more: Partial<Workflow> = {}): NestedStep => ({
  kind: 'workflow',
  id,
  name: id,
  type: 'workflow',
  dependencies: [],
  ref: id,
  workflow: workflowOf(steps, { compensateOn, ...more }),
  inputs: {},
});

/** Plays a workflow; what was undone, in order, as keys, and how the run came out. */
async function play(steps: readonly Step[], script: Script, more: Partial<Workflow> = {}) {
  const workflow = workflowOf(steps, { compensateOn, ...more });
  const { journal, view } = await simulate(workflow, { crew: { personas: { '*': scriptedAgent('player', script) } } });
  const begun = journal.flatMap(({ intents }) => intents.flatMap(([kind, key]) => (kind === 'task.start' ? [key] : [])));
  return { begun, undoing: begun.filter((key) => key.startsWith('(compensation)/')), view };
}

const WORKS = { after: 10, output: 1 } as const;
const FAILS = { after: 10, fail: 'no' } as const;

describe('a run that fails', () => {
  test('undoes what has completed, the last first, and says so', async () => {
    const { undoing, view } = await play([undoable('a'), undoable('b', ['a']), then('bad', 'b')], { bad: FAILS, '*': WORKS });
    expect(undoing).toEqual(['(compensation)/b#1', '(compensation)/a#1']);
    expect([view.status, view.undone, view.notUndone]).toEqual(['failed', ['b', 'a'], []]);
  });

  test('undoes what stands in nested workflows, each with what its own workflow sees', async () => {
    const inner = nested('inner', [undoable('x'), undoable('y', ['x'])]);
    const { undoing } = await play([undoable('a'), { ...inner, dependencies: ['a'] }, then('bad', 'inner')], { bad: FAILS, '*': WORKS });
    expect(undoing).toEqual(['(compensation)/inner/y#1', '(compensation)/inner/x#1', '(compensation)/a#1']);
  });

  test('leaves what a nested workflow has undone itself', async () => {
    const inner = nested('inner', [undoable('x'), then('bad', 'x')]);
    const { undoing, view } = await play([undoable('a'), { ...inner, dependencies: ['a'] }], { bad: FAILS, '*': WORKS });
    expect(undoing).toEqual(['(compensation)/inner/x#1', '(compensation)/a#1']);
    expect(view.undone).toEqual(['inner/x', 'a']);
  });

  test('goes on undoing when something cannot be undone, and lists it', async () => {
    const { view } = await play([undoable('a'), undoable('b', ['a']), then('bad', 'b')], {
      bad: FAILS,
      '(compensation)/b': FAILS,
      '*': WORKS,
    });
    expect([view.undone, view.notUndone.map(({ step, error }) => [step, error.code])]).toEqual([['a'], [['b', 'COMPENSATION_FAILED']]]);
    expect(view.error?.details?.not_undone).toHaveLength(1);
  });
});
