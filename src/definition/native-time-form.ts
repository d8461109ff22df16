/** The shape of everything in a native file that is a time, or says how often and how patiently something is tried. */
import * as z from 'zod';

/** A retry budget beyond this is a typing mistake. */
const MAX_RETRIES = 1000;

const text = z.string();

/** A duration as it is written; what it is for is said where it is used. */
export const duration = z.union([z.number().positive(), text.min(1)], {
  error: 'must be a number of seconds, a text such as "30m" or a template',
});

/** A duration that is known before the run. */
export const wait = z
  .union([z.number().min(0), text.min(1)], { error: 'must be a number of seconds or a text such as "30s"' })
  .describe('Seconds as a number, or a text with a unit.');

const timeout = duration.describe(
  'How long one attempt may take; without it, as long as it takes. On a file, in "defaults", in a group or a conditional: for the tasks inside that give none. Seconds as a number (1800), a text with a unit ("500ms", "30s", "30m", "1h30m", "1d"), or a template that gives either.',
);

/** A timeout in milliseconds. */
export const milliseconds = z.number().positive().describe('As "timeout", but in milliseconds; give one of the two.');

const count = z.int().min(0).max(MAX_RETRIES);

const retries = z
  .union(
    [
      count,
      text.min(1),
      z.strictObject({
        max: z
          .union([count, text.min(1)], { error: 'must be a whole number or a template' })
          .describe('Further attempts after the first; 0 means one attempt.'),
        strategy: z
          .enum(['fixed', 'exponential'])
          .optional()
          .describe('How waits grow: "exponential" (default) by "factor", "fixed" not at all.')
          .meta({ default: 'exponential' }),
        delay: wait
          .optional()
          .describe('Wait before the first retry: seconds as a number, or a text with a unit. Default 1 second.')
          .meta({ default: '1s' }),
        factor: z
          .number()
          .min(1)
          .max(100)
          .optional()
          .describe('Each further wait is this many times longer. Default 2; means nothing with "fixed".')
          .meta({ default: 2 }),
        max_delay: wait
          .optional()
          .describe('No wait is longer than this: seconds as a number, or a text with a unit. Default 60 seconds.')
          .meta({ default: '60s' }),
        jitter: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe('Up to this share of a wait is added at random. Default 0.1.')
          .meta({ default: 0.1 }),
      }),
    ],
    { error: 'must be a whole number, a template, or a map with "max"' },
  )
  .describe(
    'Further attempts after a failed or timed-out one, default 0: a number, a template, or a map of "max" and how long to wait in between (1 s, doubled each time, at most 60 s, unless it says otherwise). What cannot get better by repeating is not repeated.',
  );

/** What a task says about its attempts, and what holds tasks says for those that say nothing. */
export const timing = { timeout: timeout.optional(), timeout_ms: milliseconds.optional(), retries: retries.optional() };
