import * as z from 'zod';
import { budgeting } from './native-budget-form.ts';
import { maxConcurrent } from './native-group-form.ts';
import { memberLimits } from './native-limits-form.ts';
import { recovering } from './native-recovery-form.ts';
import { common, skippable, TYPE, values } from './native-step-form.ts';
import { timing } from './native-time-form.ts';

const count = z.number().multipleOf(1).min(0);
const share = z.number().min(0).max(1);

/** The same steps for every item of a list; `members` is the schema of a step. */
export function mapForm<Members extends z.ZodType>(members: Members) {
  return z
    .strictObject({
      ...common,
      ...recovering,
      ...budgeting,
      ...memberLimits,
      ...skippable,
      ...timing,
      type: z.literal('map').describe(TYPE),
      over: z.string().min(1).describe('Expression that gives the list, such as "steps.find.files".'),
      as: z
        .string()
        .min(1)
        .optional()
        .describe('The variable that holds the item; "index" holds its place, from 0. Default "item".')
        .meta({ default: 'item' }),
      steps: z.array(members).min(1).describe('What is done with each item. Their ids are their own.'),
      outputs: values
        .optional()
        .describe('The result of an item, rendered inside. Default: the output of the only step, or outputs by step.'),
      max_concurrent: maxConcurrent.describe('Items at work at once; without it, as many as the run has room for.').optional(),
      tolerate: z
        .union(
          [
            count,
            z.string().min(1),
            z.strictObject({
              count: count.optional().describe('So many items.'),
              share: share.optional().describe('This share of them, from 0 to 1.'),
            }),
          ],
          { error: 'must be a whole number, a share such as "10%", or a map with "count" or "share"' },
        )
        .optional()
        .describe(
          'How many items may fail before the step does: a number, or a share such as "10%". The result of a failed item is null. Default none.',
        ),
    })
    .meta({
      title: 'map',
      description: 'The same steps for every item of a list. "timeout" and "retries" are defaults for the steps inside.',
    });
}
