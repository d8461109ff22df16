// What the builder makes of steps that meet, vote and fan out: the one internal form.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import type { Step, Workflow } from '../../src/definition/workflow.ts';

const start = () =>
  defineWorkflow({ name: 'x', variables: { base: 'main' }, shared: { style: 'plain', findings: [] as string[] } }).step('plan', {
    persona: 'planner',
    output: z.object({ files: z.array(z.string()), ok: z.boolean(), doc: z.object({ title: z.string() }) }),
  });

function step(workflow: Workflow, id: string): Step | undefined {
  return workflow.steps.find((one) => one.id === id);
}

describe('where steps meet', () => {
  it('a group says when it is joined and what becomes of it otherwise', () => {
    const built = start()
      .parallel(
        'panel',
        { waitFor: 'quorum', quorum: 2, onFailure: 'settle', maxConcurrent: 3, conflicts: { persona: 'merger', timeout: '10m' } },
        (group) => group.step('a', { persona: 'p' }).step('b', { persona: 'p' }).step('c', { persona: 'p' }),
      )
      .group('late', { waitFor: 'deadline', deadline: '1h', conflicts: {} }, (group) => group.step('d', { persona: 'p' }))
      .build();
    expect(step(built, 'panel')).toMatchObject({
      waitFor: 'quorum',
      quorum: 2,
      onFailure: 'settle',
      maxConcurrent: 3,
      conflicts: { ladder: ['automatic', 'guided', 'rerun', 'sequential', 'person'], persona: 'merger', timeout: 600_000 },
    });
    expect(step(built, 'late')).toMatchObject({
      waitFor: 'deadline',
      deadline: 3_600_000,
      conflicts: { ladder: ['automatic', 'rerun', 'sequential', 'person'] },
    });
  });

  it('a sync point depends on its members', () => {
    const built = start()
      .step('a', { persona: 'p' })
      .step('b', { persona: 'p' })
      .syncPoint('half', { kind: 'progress_checkpoint', members: ['a', 'b'], threshold: 50, timeout: '30m', after: 'plan' })
      .syncPoint('gate', { kind: 'quality_gate', members: ['a'], check: ({ steps }) => steps.plan.ok })
      .syncPoint('meet', { members: ['a', 'b'] })
      .build();
    expect(step(built, 'half')).toEqual({
      id: 'half',
      name: 'half',
      type: 'sync-point',
      dependencies: ['a', 'b', 'plan'],
      kind: 'sync',
      sync: 'progress_checkpoint',
      members: ['a', 'b'],
      threshold: 50,
      timeout: 1_800_000,
    });
    expect(step(built, 'gate')).toMatchObject({ sync: 'quality_gate', check: 'steps.plan.ok', dependencies: ['a', 'plan'] });
    expect(step(built, 'meet')).toMatchObject({ sync: 'barrier', dependencies: ['a', 'b'] });
    const marked = defineWorkflow({ name: 'm' })
      .step('a', { persona: 'p' })
      .syncPoint('planned', { kind: 'checkpoint', after: 'a' })
      .build();
    expect(step(marked, 'planned')).toMatchObject({ sync: 'checkpoint', members: [], dependencies: ['a'] });
  });

  it('a vote is the same task for every voter, and waits for what they need', () => {
    const built = start()
      .vote('panel', {
        personas: ['strict', 'kind'],
        params: ({ steps }) => ({ files: steps.plan.files }),
        timeout: '5m',
        output: z.object({ verdict: z.string(), sure: z.number() }),
        rule: 'weighted',
        choice: (answer) => answer.verdict,
        weights: { strict: 2 },
        judge: { persona: 'chief', params: { tone: 'calm' } },
        quorum: 1,
        escalate: { timeout: '1d' },
      })
      .vote('again', { persona: 'strict', voters: 2, rule: 'weighted', score: (answer) => answer.score })
      .build();
    const voter = (n: number, persona: string) => ({
      id: `panel.${n}`,
      name: `panel.${n}`,
      type: 'persona-request',
      dependencies: [],
      kind: 'task',
      persona,
      params: { files: '{{steps.plan.files}}' },
      timeout: 300_000,
      outputSchema: {
        type: 'object',
        properties: { verdict: { type: 'string' }, sure: { type: 'number' } },
        required: ['verdict', 'sure'],
      },
    });
    expect(step(built, 'panel')).toEqual({
      id: 'panel',
      name: 'panel',
      type: 'vote',
      dependencies: ['plan'],
      kind: 'vote',
      steps: [voter(1, 'strict'), voter(2, 'kind')],
      rule: 'weighted',
      choice: ['verdict'],
      weights: [2, 1],
      judge: {
        id: 'panel.judge',
        name: 'panel.judge',
        type: 'persona-request',
        dependencies: [],
        kind: 'task',
        persona: 'chief',
        params: { tone: 'calm' },
      },
      quorum: 1,
      timeout: 86_400_000,
    });
    expect(step(built, 'again')).toMatchObject({
      rule: 'weighted',
      choice: [],
      score: ['score'],
      steps: [{ id: 'again.1' }, { id: 'again.2' }],
    });
  });
});

describe('a map', () => {
  const each = () =>
    start()
      .set('note', { tried: 1 })
      .map('each', { over: ({ steps }) => steps.plan.files, as: 'file', maxConcurrent: 4, tolerate: '10%' }, (steps, { item, index }) =>
        steps
          .step('check', { persona: 'p', params: ({ variables }) => ({ file: item, at: index, tried: variables.tried }) })
          .step('fix', { persona: 'p', after: ['check', 'plan'], params: ({ steps }) => ({ doc: steps.plan.doc, of: steps.check }) })
          .outputs(({ steps }) => ({ fixed: steps.fix })),
      );

  it('has a body of its own, and waits for what its body reads', () => {
    const built = each().build();
    expect(step(built, 'each')).toEqual({
      id: 'each',
      name: 'each',
      type: 'map',
      dependencies: ['plan', 'note'],
      kind: 'map',
      over: 'steps.plan.files',
      as: 'file',
      maxConcurrent: 4,
      tolerate: { share: 0.1 },
      workflow: {
        name: 'x/each',
        dialect: 'native',
        variables: {},
        steps: [
          {
            id: 'check',
            name: 'check',
            type: 'persona-request',
            dependencies: [],
            kind: 'task',
            persona: 'p',
            params: { file: '{{variables.file}}', at: '{{variables.index}}', tried: '{{variables.tried}}' },
          },
          {
            id: 'fix',
            name: 'fix',
            type: 'persona-request',
            dependencies: ['check'],
            kind: 'task',
            persona: 'p',
            params: { doc: '{{steps.plan.doc}}', of: '{{steps.check}}' },
          },
        ],
        mode: 'graph',
        outputs: { fixed: '{{steps.fix}}' },
        onFailure: 'continue',
        onSkip: 'satisfy',
        onStepFailure: [],
        onWorkflowFailure: [],
      },
    });
  });

  it('inside of a map waits with it for what is outside of both', () => {
    const built = start()
      .map('outer', { over: '[[1], [2]]', as: 'row' }, (outer) =>
        outer.step('look', { persona: 'p' }).map('inner', { over: ({ variables }) => variables.row }, (inner, { item }) =>
          inner.step('use', {
            persona: 'p',
            params: ({ steps, variables }) => ({ item, row: variables.row, look: steps.look, ok: steps.plan.ok }),
          }),
        ),
      )
      .build();
    const outer = step(built, 'outer');
    expect(outer).toMatchObject({ dependencies: ['plan'], workflow: { name: 'x/outer' } });
    const inner = outer?.kind === 'map' ? step(outer.workflow, 'inner') : undefined;
    expect(inner).toMatchObject({ dependencies: ['look'], over: 'variables.row', workflow: { name: 'x/outer/inner' } });
  });

  it('may use ids in its body that steps after it have, too', () => {
    const built = start()
      .map('each', { over: '[1]' }, (steps) => steps.step('check', { persona: 'p' }))
      .step('check', { persona: 'p' })
      .step('last', { persona: 'p', params: ({ steps }) => ({ of: steps.check, all: steps.each }) })
      .build();
    expect(step(built, 'last')).toMatchObject({ dependencies: ['check', 'each'] });
  });
});
