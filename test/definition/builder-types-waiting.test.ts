// The types of what people answer, of what is woken, and of what phases see.
import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import type { Reference } from '../../src/definition/reference.ts';

const start = () => defineWorkflow({ name: 'x' }).step('plan', { persona: 'p', output: z.object({ title: z.string() }) });

describe('the types of steps that wait', () => {
  it('an answer has the type of its form', () => {
    start()
      .approval('release', { form: z.object({ version: z.string(), days: z.number() }) })
      .approval('free', { form: { type: 'string' } })
      .approval('plain', { subject: 'All well?', onReject: 'continue' })
      .step('last', {
        persona: 'p',
        params: ({ steps }) => {
          expectTypeOf(steps.release.values.version).toEqualTypeOf<Reference<string>>();
          expectTypeOf(steps.release.values.days).toEqualTypeOf<Reference<number>>();
          expectTypeOf(steps.release.decision).toEqualTypeOf<Reference<'approved' | 'edited'>>();
          expectTypeOf(steps.release.values).not.toHaveProperty('verison');
          expectTypeOf(steps.free.values).toEqualTypeOf<Reference<unknown>>();
          expectTypeOf(steps.plain.decision).toEqualTypeOf<Reference<'approved' | 'edited' | 'rejected'>>();
          expectTypeOf(steps.plain.answers[0]?.by).toEqualTypeOf<Reference<string> | undefined>();
          return {};
        },
      });
  });

  it('what is proposed has the type of the form, too', () => {
    const builder = start();
    const form = z.object({ days: z.number() });
    type Options = Parameters<typeof builder.approval<'a', typeof form, 'fail'>>[1];
    expectTypeOf<{ form: typeof form; values: { days: 2 } }>().toExtend<Options>();
    expectTypeOf<{ form: typeof form; values: { days: 'two' } }>().not.toExtend<Options>();
  });

  it('a sleep says what woke it', () => {
    start()
      .sleep('nap', { for: '1m' })
      .step('last', {
        persona: 'p',
        params: ({ steps }) => {
          expectTypeOf(steps.nap.woken_by).toEqualTypeOf<Reference<'time' | 'condition'>>();
          return {};
        },
      });
  });

  it('a gate sees earlier steps by their types and members by their names; work goes back to an earlier step', () => {
    const builder = start().phase(
      'build',
      {
        gate: {
          check: ({ steps }) => {
            expectTypeOf(steps.plan.title).toEqualTypeOf<Reference<string>>();
            return steps.code?.ok;
          },
        },
      },
      (phase) => phase.step('code', { persona: 'p', output: z.object({ ok: z.boolean() }) }),
    );
    builder.step('last', {
      persona: 'p',
      params: ({ steps }) => {
        expectTypeOf(steps.code.ok).toEqualTypeOf<Reference<boolean>>();
        return {};
      },
    });
    type Feedback = NonNullable<Parameters<typeof builder.phase<'p', never, never>>[1]['feedback']>;
    expectTypeOf<'build'>().toExtend<Feedback['to']>();
    expectTypeOf<'later'>().not.toExtend<Feedback['to']>();
  });
});
