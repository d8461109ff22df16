import * as z from 'zod';
import { names } from './native-step-form.ts';
import { wait } from './native-time-form.ts';

const positive = z.number().positive();

/** What a run may spend. */
export const budgetForm = z
  .strictObject({
    tokens: positive.describe('Tokens that all attempts of a run may use together; those of nested workflows, maps and votes count, too.'),
    attempt: positive
      .optional()
      .describe('What an attempt is expected to use of a task that does not say so under "requires". Default: nothing; it is not held up.'),
    on_spent: z
      .union(
        [
          z.enum(['fail', 'ask']),
          z.strictObject({
            assignee: names.optional().describe('Who may give more: a name or a list of them. Default: anybody.'),
            role: z.string().min(1).optional().describe('What they are asked as.'),
            timeout: wait.optional().describe('How long they are waited for; then nothing is given. Without it: as long as it takes.'),
          }),
        ],
        { error: 'must be fail, ask, or a map that says who is asked' },
      )
      .optional()
      .describe('When what is left does not cover the next attempt: "fail" (default) its step, or "ask" people for more.')
      .meta({ default: 'fail' }),
  })
  .describe('What a run may spend: an attempt begins only where what is left covers what it is expected to use.');
