// The types of what steps share: votes, maps, sync points, edges, stored variables, the shared context.
import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import type { Reference } from '../../src/definition/reference.ts';
import type { TypedWorkflow } from '../../src/definition/typed-workflow.ts';

const start = () =>
  defineWorkflow({
    name: 'x',
    input: z.object({ repo: z.string() }),
    variables: { base: 'main' },
    shared: { style: 'plain', findings: [] as string[] },
  }).step('plan', {
    persona: 'planner',
    output: z.object({ files: z.array(z.object({ path: z.string() })), title: z.string(), parts: z.array(z.string()).optional() }),
  });

type Outputs<W> = W extends TypedWorkflow<unknown, infer Result> ? Result : never;

describe('the types of steps that work together', () => {
  it('the shared context has the keys and types of its initial values', () => {
    start().step('next', {
      persona: 'p',
      params: ({ shared }) => {
        expectTypeOf(shared.style).toEqualTypeOf<Reference<string>>();
        expectTypeOf(shared.findings).toEqualTypeOf<Reference<string[]>>();
        expectTypeOf(shared).not.toHaveProperty('stlye');
        return {};
      },
      writes: ['findings'],
    });
    const builder = start();
    type Writes = NonNullable<Parameters<typeof builder.step<'next'>>[1]['writes']>[number];
    expectTypeOf<Writes>().toEqualTypeOf<'style' | 'findings'>();
    const free = defineWorkflow({ name: 'x' });
    type Free = NonNullable<Parameters<typeof free.step<'next'>>[1]['writes']>[number];
    expectTypeOf<Free>().toEqualTypeOf<string>();
  });

  it('what a step stores as variables has the types of the parts it picks', () => {
    start()
      .step('write', {
        persona: 'p',
        output: z.object({ doc: z.object({ title: z.string() }), pages: z.number() }),
        store: {
          variables: { title: (output) => output.doc.title, all: (output) => output },
          shared: { style: (output) => output.doc.title },
        },
      })
      .step('last', {
        persona: 'p',
        params: ({ variables }) => {
          expectTypeOf(variables.title).toEqualTypeOf<Reference<string>>();
          expectTypeOf(variables.all.pages).toEqualTypeOf<Reference<number>>();
          expectTypeOf(variables.base).toEqualTypeOf<Reference<string>>();
          return {};
        },
      });
  });

  it('a vote gives the choice, the answer, the votes and the margin', () => {
    start()
      .vote('panel', {
        personas: ['a', 'b', 'c'],
        params: ({ steps }) => ({ of: steps.plan.files }),
        output: z.object({ verdict: z.enum(['yes', 'no']), sure: z.number() }),
        choice: (answer) => {
          expectTypeOf(answer.sure).toEqualTypeOf<Reference<number>>();
          return answer.verdict;
        },
        score: (answer) => answer.sure,
        rule: 'weighted',
      })
      .vote('whole', { persona: 'p', voters: 3 })
      .step('last', {
        persona: 'p',
        params: ({ steps }) => {
          expectTypeOf(steps.panel.choice).toEqualTypeOf<Reference<'yes' | 'no'>>();
          expectTypeOf(steps.panel.answer.sure).toEqualTypeOf<Reference<number>>();
          expectTypeOf(steps.panel.margin).toEqualTypeOf<Reference<number>>();
          expectTypeOf(steps.panel.votes[0]?.choice).toEqualTypeOf<Reference<'yes' | 'no'> | undefined>();
          expectTypeOf(steps.whole.choice).toEqualTypeOf<Reference<unknown>>();
          return {};
        },
      });
  });

  it('a map sees the item by its type, and gives the list of what its body gives', () => {
    const built = start()
      .map('each', { over: ({ steps }) => steps.plan.files, as: 'file', tolerate: '10%' }, (steps, { item, index }) => {
        expectTypeOf(item.path).toEqualTypeOf<Reference<string>>();
        expectTypeOf(index).toEqualTypeOf<Reference<number>>();
        return steps.step('check', {
          persona: 'p',
          params: ({ variables, input, steps }) => {
            expectTypeOf(variables.file.path).toEqualTypeOf<Reference<string>>();
            expectTypeOf(variables.index).toEqualTypeOf<Reference<number>>();
            expectTypeOf(input.repo).toEqualTypeOf<Reference<string>>();
            return { path: item.path, title: steps.plan.title };
          },
          output: z.object({ ok: z.boolean() }),
        });
      })
      .map('two', { over: ({ steps }) => steps.plan.parts }, (steps, { item }) => {
        expectTypeOf(item).toEqualTypeOf<Reference<string>>();
        return steps.step('a', { persona: 'p', output: z.number() }).step('b', { persona: 'p', output: z.string() });
      })
      .map('said', { over: 'steps.plan.files' }, (steps, { item }) => {
        expectTypeOf(item).toEqualTypeOf<Reference<unknown>>();
        return steps.step('a', { persona: 'p', output: z.number() }).outputs(({ steps }) => ({ n: steps.a, fixed: 'text' }));
      })
      .map('grouped', { over: ({ steps }) => steps.plan.files }, (steps) =>
        steps.parallel('both', {}, (group) => group.step('a', { persona: 'p', output: z.number() })),
      )
      .build();
    expectTypeOf<Outputs<typeof built>['each']>().toEqualTypeOf<({ ok: boolean } | null)[]>();
    expectTypeOf<NonNullable<Outputs<typeof built>['two'][number]>['a']>().toEqualTypeOf<number>();
    expectTypeOf<NonNullable<Outputs<typeof built>['two'][number]>['b']>().toEqualTypeOf<string>();
    expectTypeOf<Outputs<typeof built>['said']>().toEqualTypeOf<({ n: number; fixed: string } | null)[]>();
    expectTypeOf<Outputs<typeof built>['grouped']>().toEqualTypeOf<unknown[]>();
  });

  it('the steps of a map are not seen from outside', () => {
    start()
      .map('each', { over: ({ steps }) => steps.plan.files }, (steps) => steps.step('check', { persona: 'p', output: z.number() }))
      .step('last', {
        persona: 'p',
        params: ({ steps, variables }) => {
          expectTypeOf(steps).not.toHaveProperty('check');
          expectTypeOf(variables).not.toHaveProperty('item');
          expectTypeOf(steps.each[0]).toEqualTypeOf<Reference<number | null> | undefined>();
          return {};
        },
      });
  });

  it('members of a sync point and steps that are waited for are earlier steps', () => {
    const builder = start();
    type Sync = Parameters<typeof builder.syncPoint<'meet'>>[1];
    type Member = NonNullable<Sync['members']>[number];
    expectTypeOf<'plan'>().toExtend<Member>();
    expectTypeOf<'later'>().not.toExtend<Member>();
    type After = NonNullable<Sync['after']>;
    expectTypeOf<{ step: 'plan'; kind: 'soft' }>().toExtend<After>();
    expectTypeOf<['plan', { step: 'plan'; data: 'title' }]>().toExtend<After>();
    expectTypeOf<{ step: 'later'; kind: 'soft' }>().not.toExtend<After>();
  });

  it('a group says how many it waits for where it waits for so many, and only there', () => {
    const builder = start();
    type Group = Parameters<typeof builder.group<'g', never, never>>[1];
    expectTypeOf<{ waitFor: 'quorum'; quorum: 2 }>().toExtend<Group>();
    expectTypeOf<{ waitFor: 'deadline'; deadline: '5m' }>().toExtend<Group>();
    expectTypeOf<{ waitFor: 'quorum' }>().not.toExtend<Group>();
    expectTypeOf<{ waitFor: 'all'; quorum: 2 }>().not.toExtend<Group>();
    expectTypeOf<{ waitFor: 'majority'; deadline: '5m' }>().not.toExtend<Group>();
  });

  it('what is done to take a step back knows what the step gave', () => {
    start().step('next', {
      persona: 'p',
      output: z.object({ id: z.string() }),
      compensate: {
        persona: 'undoer',
        params: ({ output }) => {
          expectTypeOf(output.id).toEqualTypeOf<Reference<string>>();
          return { id: output.id };
        },
      },
    });
  });
});
