import * as z from 'zod';
import { common, condition, skippable, TYPE } from './native-step-form.ts';
import { duration, milliseconds } from './native-time-form.ts';

/** A place where members of a group meet. */
export const SYNC_FORM = z
  .strictObject({
    ...common,
    ...skippable,
    type: z.literal('sync-point').describe(TYPE),
    sync: z
      .enum(['context_merge', 'progress_checkpoint', 'quality_gate', 'resource_rebalancing', 'barrier', 'checkpoint'])
      .optional()
      .describe(
        'What happens once all are there; "barrier" (default): nothing but that they go on together; "checkpoint": a place to come back to.',
      )
      .meta({ default: 'barrier' }),
    members: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)], { error: 'must be a step id or a list of step ids' })
      .optional()
      .describe('Ids of the steps that meet: members of the same group. A checkpoint may go without.'),
    threshold: z
      .number()
      .min(1)
      .max(100)
      .optional()
      .describe('progress_checkpoint: the share of its work, percent, at which a member is there.'),
    check: condition.optional().describe('quality_gate: must hold once all are there.'),
    timeout: duration
      .optional()
      .describe('How long the members may take to be there; then the step fails. Without it: as long as it takes.'),
    timeout_ms: milliseconds.optional(),
  })
  .meta({ title: 'sync-point', description: 'Members of a group meet here; steps that depend on it wait until it has completed.' });
