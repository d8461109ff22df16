// What the builder makes of data that steps take, leave and share, and of what the head declares: the one internal form.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { fallback, when } from '../../src/definition/reference-logic.ts';
import type { Step, Workflow } from '../../src/definition/workflow.ts';

const start = () =>
  defineWorkflow({ name: 'x', variables: { base: 'main' }, shared: { style: 'plain', findings: [] as string[] } }).step('plan', {
    persona: 'planner',
    output: z.object({ files: z.array(z.string()), ok: z.boolean(), doc: z.object({ title: z.string() }) }),
  });

function step(workflow: Workflow, id: string): Step | undefined {
  return workflow.steps.find((one) => one.id === id);
}

describe('data', () => {
  it('inputs are gathered from where their references point, and what they need is waited for', () => {
    const built = start()
      .set('note', { tried: 1 })
      .step('use', {
        persona: 'p',
        inputs: ({ input, steps, shared, variables }) => ({
          whole: input,
          goal: input['a-b'],
          first: steps.plan.files[0] ?? steps.plan,
          style: { from: shared.style, optional: true },
          base: { from: variables.base, default: 'none' },
          tried: variables.tried,
        }),
      })
      .build();
    expect(step(built, 'use')).toMatchObject({
      dependencies: ['plan', 'note'],
      inputs: {
        whole: { from: 'input', path: [] },
        goal: { from: 'input', path: ['a-b'] },
        first: { from: 'step', path: ['plan', 'files', '0'] },
        style: { from: 'shared', path: ['style'], optional: true },
        base: { from: 'variable', path: ['base'], default: 'none' },
        tried: { from: 'variable', path: ['tried'] },
      },
    });
  });

  it('what is stored is written; who reads a stored variable waits for it', () => {
    const built = start()
      .step('write', {
        persona: 'p',
        output: z.object({ text: z.string(), pages: z.array(z.object({ n: z.number() })) }),
        reads: ['findings'],
        writes: ['findings'],
        onStale: 'rerun',
        store: {
          shared: { style: (output) => output.text },
          variables: { first: (output) => output.pages[0]?.n ?? output, all: (output) => output },
        },
      })
      .step('use', { persona: 'p', params: ({ variables, shared }) => ({ n: variables.first, style: shared.style }) })
      .build();
    expect(step(built, 'write')).toMatchObject({
      reads: ['findings'],
      writes: ['findings', 'style'],
      onStale: 'rerun',
      store: [
        { to: 'shared', name: 'style', path: ['text'] },
        { to: 'variable', name: 'first', path: ['pages', '0', 'n'] },
        { to: 'variable', name: 'all', path: [] },
      ],
    });
    expect(step(built, 'use')).toMatchObject({ dependencies: ['write'], params: { n: '{{variables.first}}', style: '{{shared.style}}' } });
  });

  it('needs, estimates and compensation are kept; a compensation does not make a step wait for itself', () => {
    const built = start()
      .step('deploy', {
        persona: 'p',
        needs: { memoryMb: 512, tokens: 2000, capabilities: ['gpu'], domains: ['database'] },
        estimate: '5m',
        compensate: { persona: 'undoer', params: ({ output }) => ({ id: output.id, plan: '{{steps.plan.ok}}' }), timeout: '1m' },
      })
      .build();
    expect(step(built, 'deploy')).toMatchObject({
      dependencies: ['plan'],
      needs: { memoryMb: 512, tokens: 2000, capabilities: ['gpu'], domains: ['database'] },
      estimateMs: 300_000,
      compensate: {
        type: 'persona-request',
        persona: 'undoer',
        params: { id: '{{steps.deploy.id}}', plan: '{{steps.plan.ok}}' },
        timeout: 60_000,
      },
    });
  });

  it('edges say what is special about waiting; a plain one says nothing', () => {
    const built = start()
      .step('a', { persona: 'p' })
      .step('b', {
        persona: 'p',
        after: ['plan', { step: 'a', kind: 'soft' }],
      })
      .step('c', { persona: 'p', after: { step: 'plan', when: ({ steps }) => when.equals(steps.plan.ok, true), data: ['doc.title'] } })
      .step('d', { persona: 'p', after: { step: 'plan', data: 'doc.title' } })
      .step('e', { persona: 'p', after: { step: 'plan', kind: 'hard' } })
      .build();
    expect(step(built, 'b')).toMatchObject({ dependencies: ['plan', 'a'], edges: { a: { kind: 'soft' } } });
    expect(step(built, 'c')).toMatchObject({
      edges: { plan: { kind: 'conditional', when: 'steps.plan.ok === true', data: ['doc.title'] } },
    });
    expect(step(built, 'd')).toMatchObject({ edges: { plan: { kind: 'hard', data: ['doc.title'] } } });
    expect(step(built, 'e')).not.toHaveProperty('edges');
  });
});

describe('the head', () => {
  it('a zod object declares what a run is started with and gives back', () => {
    const built = defineWorkflow({
      name: 'x',
      input: z.object({
        goal: z.string().describe('What for'),
        depth: z.number().default(3),
        tags: z.array(z.string()).optional(),
        any: z.unknown(),
      }),
      inputs: { seed: { schema: { type: 'integer' }, default: 1 } },
      outputTypes: z.object({ report: z.string() }),
      shared: { plan: null },
      conflicts: { ladder: ['automatic', 'person'] },
      critical: ['plan'],
      limits: { tokensPerMinute: 1000, capabilities: { gpu: 1 } },
    })
      .step('a', { persona: 'p' })
      .outputs(({ steps }) => ({ report: fallback(steps.a, '') }))
      .build();
    expect(built).toMatchObject({
      inputs: {
        goal: { schema: { type: 'string' }, required: true, description: 'What for' },
        depth: { schema: { type: 'number' }, required: false, default: 3 },
        tags: { schema: { type: 'array', items: { type: 'string' } }, required: false },
        any: { required: true },
        seed: { schema: { type: 'integer' }, required: false, default: 1 },
      },
      outputTypes: { report: { schema: { type: 'string' }, required: true } },
      shared: { plan: null },
      conflicts: { ladder: ['automatic', 'person'] },
      criticalDomains: ['plan'],
      limits: { tokensPerMinute: 1000, capabilities: { gpu: 1 } },
    });
  });

  it('a schema that is not zod’s is for the types only; what zod lets through is let through', () => {
    const own = { '~standard': { version: 1 as const, vendor: 'test' } };
    const built = defineWorkflow({ name: 'x', input: own })
      .step('a', { persona: 'p', output: own })
      .step('b', { persona: 'p', output: z.object({ in: z.strictObject({ n: z.number() }), free: z.custom<Date>() }) })
      .build();
    expect(built).not.toHaveProperty('inputs');
    expect(step(built, 'a')).not.toHaveProperty('outputSchema');
    expect(step(built, 'b')).toMatchObject({
      outputSchema: {
        type: 'object',
        properties: {
          in: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], additionalProperties: false },
          free: {},
        },
        required: ['in', 'free'],
      },
    });
    expect(step(built, 'b')).not.toHaveProperty('outputSchema.additionalProperties');
  });
});
