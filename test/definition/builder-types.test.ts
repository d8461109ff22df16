import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import type { Reference } from '../../src/definition/reference.ts';
import type { StandardSchema } from '../../src/definition/standard-schema.ts';
import type { TypedWorkflow } from '../../src/definition/typed-workflow.ts';

const start = () =>
  defineWorkflow({
    name: 'x',
    input: z.object({ repo: z.string(), depth: z.number().optional() }),
    variables: { base: 'main', tries: 3 },
  }).step('plan', {
    persona: 'planner',
    output: z.object({ files: z.array(z.string()), owner: z.object({ name: z.string() }).nullable() }),
  });

type Outputs<W> = W extends TypedWorkflow<unknown, infer Result> ? Result : never;
type Input<W> = W extends TypedWorkflow<infer Given, unknown> ? Given : never;

describe('the types of a built workflow', () => {
  it('callbacks see the input, the variables and the outputs of earlier steps by their types', () => {
    start().step('next', {
      persona: 'p',
      params: ({ input, variables, steps }) => {
        expectTypeOf(input.repo).toEqualTypeOf<Reference<string>>();
        expectTypeOf(input.depth).toEqualTypeOf<Reference<number | undefined>>();
        expectTypeOf(variables.base).toEqualTypeOf<Reference<string>>();
        expectTypeOf(variables.tries).toEqualTypeOf<Reference<number>>();
        expectTypeOf(steps.plan.files).toEqualTypeOf<Reference<string[]>>();
        expectTypeOf(steps.plan.owner.name).toEqualTypeOf<Reference<string>>();
        expectTypeOf(steps).not.toHaveProperty('next');
        expectTypeOf(steps.plan).not.toHaveProperty('fiels');
        return {};
      },
    });
  });

  it('members of a group are seen after it, steps of a branch are not', () => {
    start()
      .parallel('group', {}, (group) => group.step('member', { persona: 'p', output: z.object({ n: z.number() }) }))
      .choice('route', { condition: 'true', then: (branch) => branch.step('inside', { persona: 'p' }) })
      .step('last', {
        persona: 'p',
        params: ({ steps }) => {
          expectTypeOf(steps.member.n).toEqualTypeOf<Reference<number>>();
          expectTypeOf(steps).not.toHaveProperty('inside');
          return { n: steps.member.n };
        },
      });
  });

  it('variables that a step sets have the types of what it sets them to', () => {
    start()
      .set('note', ({ steps }) => ({ files: steps.plan.files, tries: 'many', flag: true }))
      .step('last', {
        persona: 'p',
        params: ({ variables }) => {
          expectTypeOf(variables.files).toEqualTypeOf<Reference<string[]>>();
          expectTypeOf(variables.tries).toEqualTypeOf<Reference<string>>();
          expectTypeOf(variables.flag).toEqualTypeOf<Reference<boolean>>();
          return {};
        },
      });
  });

  it('the workflow has the types of its input and outputs', () => {
    const built = start()
      .outputs(({ steps, input }) => ({ files: steps.plan.files, note: `of ${input.repo}`, nested: [{ depth: input.depth }] }))
      .build();
    expectTypeOf<Input<typeof built>>().toEqualTypeOf<{ repo: string; depth?: number | undefined }>();
    expectTypeOf<Outputs<typeof built>['files']>().toEqualTypeOf<string[]>();
    expectTypeOf<Outputs<typeof built>['note']>().toEqualTypeOf<string>();
    const plain = start().build();
    expectTypeOf<Outputs<typeof plain>['plan']['files']>().toEqualTypeOf<string[]>();
  });

  it('a nested workflow takes inputs of its own type and gives its outputs', () => {
    const inner = defineWorkflow({ name: 'inner', input: z.object({ count: z.number() }) })
      .step('a', { persona: 'p' })
      .outputs(({ input }) => ({ twice: input.count }))
      .build();
    const outer = start();
    type Inputs = NonNullable<Parameters<typeof outer.nested<'deep', { count: number }, unknown>>[2]>['inputs'];
    expectTypeOf<{ count: number }>().toExtend<Inputs>();
    expectTypeOf<{ count: string }>().not.toExtend<Inputs>();
    expectTypeOf<{ cuont: number }>().not.toExtend<Inputs>();
    outer.nested('deep', inner, { inputs: ({ variables }) => ({ count: variables.tries }) }).step('last', {
      persona: 'p',
      params: ({ steps }) => {
        expectTypeOf(steps.deep.twice).toEqualTypeOf<Reference<number>>();
        return {};
      },
    });
  });

  it('an id that is taken, and a step that is not there yet, are refused', () => {
    const builder = start();
    expectTypeOf<'other'>().toExtend<Parameters<typeof builder.step<'other'>>[0]>();
    expectTypeOf<'plan'>().not.toExtend<Parameters<typeof builder.step<'plan'>>[0]>();
    type After = NonNullable<Parameters<typeof builder.step<'other'>>[1]['after']>;
    expectTypeOf<'plan'>().toExtend<After>();
    expectTypeOf<'later'>().not.toExtend<After>();
  });

  it('only a whole workflow can be built, not a part of one', () => {
    start().parallel('group', {}, (group) => {
      expectTypeOf(group).not.toExtend<ThisParameterType<typeof group.build>>();
      return group.step('a', { persona: 'p' });
    });
  });

  it('any schema that follows the standard convention says of which type an output is', () => {
    const schema: StandardSchema<{ by: 'hand' }> = { '~standard': { version: 1, vendor: 'test' } };
    defineWorkflow({ name: 'x' })
      .step('a', { persona: 'p', output: schema })
      .step('b', {
        persona: 'p',
        params: ({ steps }) => {
          expectTypeOf(steps.a.by).toEqualTypeOf<Reference<'hand'>>();
          return {};
        },
      });
  });
});
