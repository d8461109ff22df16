import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { GroupFailurePolicy } from '../../src/definition/joining.ts';
import type { GroupStep, Step } from '../../src/definition/workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

const parallel = (id: string, onFailure: GroupFailurePolicy, steps: readonly Step[]): GroupStep => ({
  kind: 'group',
  id,
  name: id,
  type: 'parallel',
  dependencies: [],
  mode: 'parallel',
  waitFor: 'all',
  onFailure,
  steps,
});

const undoable = (id: string) => task(id, { compensate: { type: 'undo', params: {} } });

/** What was begun, by key. */
async function begun(steps: readonly Step[], script: Parameters<typeof scriptedAgent>[1]): Promise<string[]> {
  const { journal } = await simulate(workflowOf(steps), { crew: { personas: { '*': scriptedAgent('player', script) } } });
  return journal.flatMap(({ intents }) => intents.flatMap(([kind, key]) => (kind === 'task.start' ? [key] : [])));
}

const isUndoing = (key: string) => key.startsWith('(compensation)/');

describe('groups that compensate inside one another', () => {
  test('undo what has completed once', async () => {
    const inner = parallel('inner', 'compensate', [undoable('a'), task('bad')]);
    const keys = await begun([parallel('outer', 'compensate', [inner, undoable('z')])], {
      bad: { after: 20, fail: 'no' },
      '*': { after: 10, output: 1 },
    });
    expect(keys.filter(isUndoing)).toEqual(['(compensation)/a#1', '(compensation)/z#1']);
  });

  test('undo again what has completed again', async () => {
    const inner = parallel('inner', 'compensate', [undoable('a'), task('bad')]);
    const keys = await begun([parallel('outer', 'fall_back_sequential', [inner])], {
      bad: { after: 20, fail: 'no' },
      '*': { after: 10, output: 1 },
    });
    expect(keys.filter(isUndoing)).toEqual(['(compensation)/a#1', '(compensation)/a#2']);
  });

  test('undo what has completed inside a member that failed', async () => {
    const inner = parallel('inner', 'settle', [undoable('a'), task('bad')]);
    const keys = await begun([parallel('outer', 'compensate', [inner, undoable('z')])], {
      bad: { after: 20, fail: 'no' },
      z: { after: 500, output: 1 },
      '*': { after: 10, output: 1 },
    });
    expect(keys.filter(isUndoing)).toEqual(['(compensation)/a#1']);
  });
});
