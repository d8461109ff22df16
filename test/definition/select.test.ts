import { describe, expect, it } from 'vitest';
import { selectWorkflow, taskType } from '../../src/definition/select-workflow.ts';
import type { Dialect, Workflow } from '../../src/definition/workflow.ts';
import type { JsonObject } from '../../src/protocol/json.ts';

function named(name: string, trigger?: string, dialect: Dialect = 'engine'): Workflow {
  const empty = {
    variables: {},
    steps: [],
    mode: 'graph',
    onFailure: 'stop',
    onSkip: 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
  } as const;
  return { name, dialect, ...empty, ...(trigger === undefined ? {} : { trigger }) };
}

const ALL = [
  named('helper', 'true'),
  named('blocked-task-resolution', "status == 'blocked'"),
  named('hotfix-task-flow', "labels.includes('hotfix') || priority >= 2000"),
  named('in-review-task-flow', "status == 'in_review' || status == 'review'"),
  named('analysis', "task_type == 'analysis'"),
  named('task-flow'),
  named('hotfix', undefined, 'native'),
  named('feature', undefined, 'native'),
  named('project-loop', undefined, 'native'),
  named('native-docs', "task.type === 'docs' && task.size < 3", 'native'),
];

const choose = (task: JsonObject, workflows: readonly Workflow[] = ALL) => selectWorkflow(task, workflows)?.name ?? null;
const without = (...names: readonly string[]) => ALL.filter(({ name }) => !names.includes(name));

describe('the workflow for a task', () => {
  it.each<[JsonObject, string]>([
    [{ status: 'blocked', blocked_dependencies: ['t2'] }, 'blocked-task-resolution'],
    [{ status: 'in_review', type: 'analysis' }, 'in-review-task-flow'],
    [{ status: 'review' }, 'in-review-task-flow'],
    [{ task_type: 'analysis' }, 'analysis'],
    [{ type: 'analysis' }, 'analysis'],
    [{ labels: ['x', 'hotfix'] }, 'hotfix-task-flow'],
    [{ priority: 2500 }, 'hotfix-task-flow'],
    [{ type: 'docs', size: 1 }, 'native-docs'],
    [{ type: 'docs', size: 9 }, 'task-flow'],
    [{ type: 'hotfix' }, 'hotfix'],
    [{ type: 'Feature' }, 'feature'],
    [{ type: 'anything' }, 'task-flow'],
    [{}, 'task-flow'],
  ])('follows the order of the rules: %j gives %s', (task, name) => {
    expect(choose(task)).toBe(name);
  });

  it('a task is blocked for selection only while a dependency of it is open', () => {
    const workflows = [named('first', "task_type == 'x'"), named('blocked-task-resolution', 'false')];
    const task = (dependencies: JsonObject['x']) =>
      choose({ status: 'blocked', task_type: 'x', blocked_dependencies: dependencies }, workflows);
    expect(task(['t2'])).toBe('blocked-task-resolution');
    expect(task([{ id: 't2', status: 'open' }])).toBe('blocked-task-resolution');
    expect(task([{ id: 't2', status: 'done' }])).toBe('first');
    expect(task([])).toBe('first');
  });

  it('a trigger that holds for every task counts only when nothing else does, but before the project loop', () => {
    expect(choose({}, without('task-flow'))).toBe('helper');
    expect(choose({}, without('task-flow', 'helper'))).toBe('project-loop');
    expect(choose({}, [named('x')])).toBeNull();
    expect(choose({}, [])).toBeNull();
  });

  it('the first of several triggers that hold is taken', () => {
    expect(choose({ status: 'x' }, [named('a', "status == 'x'"), named('b', "status == 'x'")])).toBe('a');
  });

  it('a trigger that fails does not hold, and takes nobody with it', () => {
    expect(
      choose({ type: 'x' }, [
        named('broken', 'task.(', 'native'),
        named('unknown', 'nobody.knows.this', 'native'),
        named('good', "type == 'x'"),
      ]),
    ).toBe('good');
  });

  it('the type of a task is its type, or its task_type', () => {
    expect([taskType({ type: 'Hotfix' }), taskType({ task_type: 'feature' }), taskType({}), taskType({ type: 5 })]).toEqual([
      'hotfix',
      'feature',
      '',
      '',
    ]);
  });
});
