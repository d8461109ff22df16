/** The shapes of steps that wait, in a native file. */
import * as z from 'zod';
import { common, condition, skippable, TYPE } from './native-step-form.ts';
import { duration, milliseconds } from './native-time-form.ts';

const text = z.string();

/** A wait for a signal from outside. */
export const SIGNAL_FORM = z
  .strictObject({
    ...common,
    ...skippable,
    type: z.literal('wait-for-signal').describe(TYPE),
    signal: text.min(1).describe('Name of the signal, taken as written; its payload is the step’s output.'),
    until: condition
      .optional()
      .describe(
        'The signal is not waited for any more once this holds. Judged at the beginning, and whenever a step of the run has ended.',
      ),
    timeout: duration
      .optional()
      .describe('How long to wait; then the step fails. Without it: as long as it takes. Seconds, a text with a unit, or a template.'),
    timeout_ms: milliseconds.optional(),
  })
  .meta({ title: 'wait-for-signal', description: 'Waits for a signal from outside.' });

/** A wait for a moment, or for something to hold. */
export const SLEEP_FORM = z
  .strictObject({
    ...common,
    ...skippable,
    type: z.literal('sleep').describe(TYPE),
    for: duration.optional().describe('How long, at most: seconds, a text with a unit, or a template.'),
    until: z
      .union([text.min(1), z.number(), z.boolean()], { error: 'must be a moment or a condition' })
      .optional()
      .describe(
        'A moment: a timestamp with its zone ("2027-01-31T09:00:00Z"), a template that gives one, or ms since 1970. Or a condition, which needs "for": judged at the beginning, and whenever a step of the run has ended.',
      ),
  })
  .meta({ title: 'sleep', description: 'Waits for a time, or until something holds; survives restarts.' });
