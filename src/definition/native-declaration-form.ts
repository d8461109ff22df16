/** The keys of a file that declare what it is started with, gives back, shares and may use. */
import * as z from 'zod';
import { sharedKey } from './native-data-form.ts';
import { conflicts } from './native-group-form.ts';
import { fileLimits } from './native-limits-form.ts';
import { names, values } from './native-step-form.ts';

const text = z.string();

const declaration = {
  type: text.optional().describe('The type in one word: string, number, integer, boolean, list, map or any (default).'),
  schema: values.optional().describe('In place of "type": a JSON Schema.'),
  description: text.optional().describe('What it is.'),
};
const byName = { error: 'must be a type such as "string", or a map with "type" or "schema"' };
const input = z.strictObject({
  ...declaration,
  required: z.boolean().optional().describe('It must be given. Default: where there is no "default".'),
  default: z.unknown().optional().describe('Taken where it is not given.'),
});
const output = z.strictObject({ ...declaration, required: z.boolean().optional().describe('It must be there. Default true.') });

/** Declarations of a file. */
export const declarations = {
  inputs: z
    .record(text, z.union([text, input], byName))
    .optional()
    .describe(
      'What a run is started with, by name: a type in one word, or a map. Without it anything goes; with it a start with missing or wrong values is refused.',
    ),
  output_types: z
    .record(text, z.union([text, output], byName))
    .optional()
    .describe('What the outputs must be, by name; checked when the run ends.'),
  shared: z
    .record(sharedKey, z.unknown())
    .optional()
    .describe('Initial values of the shared context, by key; texts may hold templates over the input.'),
  conflicts: conflicts.optional(),
  critical: names
    .optional()
    .describe(
      'Keys of the shared context, and domains, that two steps had better not touch at once: a plan advises one after the other there.',
    ),
  limits: fileLimits.optional(),
};
