/** The key by which a file, or a step, says what may be spent. */
import * as z from 'zod';
import { names } from './native-step-form.ts';
import { wait } from './native-time-form.ts';

const positive = z.number().positive();

const budget = z.strictObject({
  tokens: positive.describe('Tokens that all attempts may use together; those of nested workflows, maps and votes count, too.'),
  attempt: positive
    .optional()
    .describe(
      'What an attempt is expected to use of a task that does not say so under "requires". Default: what is said around it, else nothing; it is then not held up.',
    ),
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
});

/** What a run may spend. */
export const budgetForm = budget.describe(
  'What a run may spend: an attempt begins only where what is left covers what it is expected to use.',
);

/** Of tasks, votes and what holds other steps. */
export const budgeting = {
  budget: budget
    .optional()
    .describe('What the step may spend with everything inside it, in all its attempts and rounds, within the budgets around it.'),
};
