/** The keys by which a group says when it is joined, what becomes of it otherwise, and how conflicts are settled. */
import * as z from 'zod';
import { amount } from './native-step-form.ts';
import { duration } from './native-time-form.ts';

const text = z.string();

/** How conflicts over the shared context are settled; of a group, and of a file for its root. */
export const conflicts = z
  .strictObject({
    ladder: z
      .array(z.enum(['automatic', 'guided', 'rerun', 'sequential', 'person']))
      .min(1)
      .optional()
      .describe(
        'What is tried, in this order. Default: automatic, guided (where "persona" or "type" says who), rerun, sequential, person.',
      ),
    persona: text.min(1).optional().describe('Who merges under guidance.'),
    type: text.min(1).optional().describe('Type of the task that merges under guidance.'),
    guidance: text.min(1).optional().describe('What whoever merges is told.'),
    timeout: duration.optional().describe('How long whoever merges, and later the person, may take.'),
  })
  .describe('How conflicts between what members have written are settled.');

/** How many members are at work at once. */
export const maxConcurrent = amount.describe('Members at work at once; without it, as many as the run has room for.');

/** When a group is joined, and what becomes of it when it cannot be. */
export const joining = {
  wait_for: z
    .enum(['all', 'any', 'quorum', 'majority', 'deadline'])
    .optional()
    .describe(
      '"all" (default): the group ends with its last member; "any": with its first success; "quorum": with as many as "quorum" says; "majority": with more than half of its members; "deadline": what has completed by "deadline" counts.',
    )
    .meta({ default: 'all' }),
  quorum: amount.optional().describe('With "quorum" and "deadline": how many members must complete.'),
  deadline: duration.optional().describe('With "deadline": how long the members may take.'),
  on_failure: z
    .enum(['continue', 'stop', 'best_effort', 'settle', 'fail_fast', 'compensate', 'fall_back_sequential'])
    .optional()
    .describe(
      'When it can no longer be joined: "stop" and "fail_fast" cancel the rest, "continue" and "settle" let it end, "best_effort" completes whatever failed, "compensate" undoes what has completed, "fall_back_sequential" takes back what the members left and runs them one after the other. Groups inside inherit "continue", "stop" and "best_effort". Default: what is said around it.',
    ),
  conflicts: conflicts.optional(),
};
