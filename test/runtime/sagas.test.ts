import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { NestedStep, Step, Workflow } from '../../src/definition/workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

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

describe('a run that goes on after it was undone', () => {
  const workflow = workflowOf([undoable('a'), then('b', 'a'), then('aside'), then('bad', 'b')], { compensateOn });
  const failing = { bad: [FAILS, WORKS], '*': WORKS };

  test('does again what was undone, and what depends on it; the rest stands', async () => {
    const lives = new Lives();
    await lives.start(workflow, failing);
    const view = await lives.live(failing, (runtime) => runtime.retry('run'));
    expect([view.status, lives.begun]).toEqual(['completed', ['run/a#2', 'run/b#2', 'run/bad#2']]);
  });

  test('undoes again what has completed again, and what could not be undone before', async () => {
    const lives = new Lives();
    const script = { bad: FAILS, '(compensation)/a': [FAILS, WORKS], '*': WORKS };
    const first = await lives.start(workflow, script);
    expect(first.notUndone.map(({ step }) => step)).toEqual(['a']);
    const second = await lives.live(script, (runtime) => runtime.retry('run'));
    expect([second.undone, lives.begun]).toEqual([['a'], ['run/bad#2', 'run/(compensation)/a#2']]);
  });

  test('a fork does again what was undone, and leaves alone what its origin did', async () => {
    const lives = new Lives();
    const kept = workflowOf([undoable('a'), then('bad', 'a'), undoable('c')], { compensateOn, onFailure: 'best_effort' });
    await lives.start(kept, { bad: FAILS, '*': WORKS });
    const changed = { ...kept, onFailure: 'continue' as const };
    const forked = await lives.live({ '*': WORKS, bad: FAILS }, (runtime) =>
      runtime.fork('run', { id: 'other', definition: changed, with: { a: 2 } }),
    );
    expect([forked.status, forked.undone]).toEqual(['failed', []]);
  });
});
