/** The key by which a step, or a file for all its tasks, says what is tried once a step has failed. */
import * as z from 'zod';
import { amount, names } from './native-step-form.ts';
import { duration } from './native-time-form.ts';
import { RECOVERY_USES } from './recovery-settings.ts';

const use = z.enum(RECOVERY_USES);

const strategy = z.strictObject({
  use: use.describe('What is tried.'),
  budget: amount.optional().describe('How often it may be tried. Default 1.').meta({ default: 1 }),
  delay: duration.optional().describe('retry_agent: the pause before it. Default 1 s.'),
  factor: z.number().min(1).max(100).optional().describe('retry_agent: each further pause is this many times longer. Default 2.'),
  personas: names.optional().describe('substitute_agent: who takes the step over, each time the next of them.'),
  output: z
    .unknown()
    .optional()
    .describe('partial: the output of the degraded step. Default: nothing; of a group or map, what its completed members made.'),
  from: z
    .string()
    .min(1)
    .optional()
    .describe('restart: id of the step from which on the workflow runs again. Default: from its beginning.'),
  to: names.optional().describe('escalate: who may say what next. Default: anybody.'),
  due: duration.optional().describe('escalate: by when an answer is expected.'),
});

const one = z.union([use, strategy], { error: 'must be the name of a strategy, or a map with "use"' });

/** A strategy, or a list of them. */
const recovery = z
  .union([use, strategy, z.array(one).max(20)], { error: 'must be a strategy or a list of them' })
  .describe(
    'What is tried once the step has failed and its retries are spent: retry_agent, substitute_agent, fall_back_sequential, partial, restart, escalate; the best of those that apply comes first. An empty list: nothing.',
  );

/** Of steps that can be recovered. */
export const recovering = { recovery: recovery.optional() };
