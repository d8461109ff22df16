import * as z from 'zod';
import { amount } from './native-step-form.ts';

const positive = z.number().positive();

const KEYS = {
  memory_mb: positive.optional().describe('Megabytes at once.'),
  cpu: positive.optional().describe('Cores at once.'),
  io: positive.optional().describe('Input and output at once, in shares of your own.'),
  concurrency: amount.optional().describe('Attempts at agents at once, however deep their steps stand.'),
  tokens_per_minute: positive.optional().describe('API tokens in a minute.'),
  capabilities: z.record(z.string(), amount).optional().describe('By capability: how many attempts that need it are under way at once.'),
};

/** What all steps of a file may take together. */
export const fileLimits = z
  .strictObject(KEYS)
  .describe('What the steps of a run may take together: in its plan, and while it runs. What is not named is not limited.');

/** What the members of a step may take together. */
export const memberLimits = {
  limits: z
    .strictObject(KEYS)
    .optional()
    .describe(
      'What its members may take together while they run, however deep they stand. What is not named is limited only by what is around it.',
    ),
};
