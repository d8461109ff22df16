import { describe, expect, it } from 'vitest';
import type { Step, Workflow } from '../../src/definition/workflow.ts';
import { plan } from '../../src/planning/plan.ts';
import { load, task, workflowOf } from './load-steps.ts';

const found = (workflow: Workflow) =>
  plan(workflow).syncPoints.map(({ kind, side, at, members }) => `${kind} ${side} ${at}: ${members.join(' ')}`);

describe('sync points of a plan', () => {
  it('are where several begin after one, and where one waits for several, through blocks as through steps', () => {
    const workflow = load(`  - {id: build, type: work}
  - id: panel
    type: parallel
    dependencies: [build]
    steps: [{id: security, type: work}, {id: style, type: work}]
  - {id: docs, type: work, dependencies: [build]}
  - {id: ship, type: work, dependencies: [panel, docs]}
`);
    expect(found(workflow)).toEqual([
      'parallel_start after build: panel docs',
      'parallel_start before panel: security style',
      'merge after panel: security style',
      'merge before ship: panel docs',
    ]);
  });

  it('are not where one follows the other', () => {
    expect(found(load('  - {id: a, type: work}\n  - {id: b, type: work, dependencies: [a]}\n'))).toEqual([]);
  });

  it('keep what the workflow declares, once, and say what begins with the run', () => {
    const sync: Step = {
      id: 'meet',
      name: '',
      type: 'sync-point',
      kind: 'sync',
      sync: 'quality_gate',
      dependencies: ['a', 'b'],
      members: ['a', 'b'],
    };
    expect(found(workflowOf([task('a', 1), task('b', 1), sync]))).toEqual([
      'parallel_start after null: a b',
      'quality_gate before meet: a b',
    ]);
  });
});
