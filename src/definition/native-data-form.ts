/** The keys by which a task says what data it takes, leaves and shares, and what it needs. */
import * as z from 'zod';
import { names, values } from './native-step-form.ts';
import { duration, timing, wait } from './native-time-form.ts';
import { SHARED_KEY } from './shared-key.ts';

const text = z.string();

/** A key of the shared context. */
export const sharedKey = text.regex(SHARED_KEY, { error: 'a key has letters, digits, "_", "-", ":" and "/"' }).max(200);

const sharedKeys = z.union([sharedKey, z.array(sharedKey)], { error: 'must be a key or a list of keys' });

/** A type in one word, or a JSON Schema. */
const valueType = z.union([text, values], { error: 'must be a type such as "string", or a JSON Schema' });

const source = z.union(
  [
    text.min(1),
    z.strictObject({
      from: text.min(1).describe('Where the value is: "input.goal", "steps.design.doc", "shared.style", "variables.x".'),
      optional: z.boolean().optional().describe('true: left out where there is no such value; else the step fails.'),
      default: z.unknown().optional().describe('Taken where there is no such value.'),
    }),
  ],
  { error: 'must be a path such as "steps.design.doc", or a map with "from"' },
);

const positive = z.number().positive();

const requires = z
  .strictObject({
    memory_mb: positive.optional().describe('Megabytes.'),
    cpu: positive.optional().describe('Cores.'),
    io: positive.optional().describe('Shares of what the limit "io" counts.'),
    tokens: positive.optional().describe('API tokens that one attempt is expected to use.'),
    capabilities: names.optional().describe('What whoever performs it must be able to do.'),
    domains: names
      .optional()
      .describe('What it touches beside the shared context, by name: two steps of one domain may get in each other’s way.'),
    locks: z
      .union([names, z.record(text.min(1), z.enum(['shared', 'exclusive']))], {
        error: 'must be a name, a list of names, or a map of names and "shared" or "exclusive"',
      })
      .optional()
      .describe('Locks that an attempt holds, by name: alone ("exclusive", default), or together with others who share.'),
    services: names
      .optional()
      .describe('Services outside that it calls, by name: while one of them is spared for having failed too often, it waits.'),
    priority: z
      .enum(['low', 'medium', 'high', 'critical'])
      .optional()
      .describe('How pressing it is where tasks wait for agents. Default medium.')
      .meta({ default: 'medium' }),
    deadline: wait
      .optional()
      .describe(
        'How long after the start of the run it must be done: seconds as a number, or a text with a unit. What cannot be is said early.',
      ),
    agent: text.min(1).optional().describe('Id of the agent that had better do it.'),
  })
  .describe('What the step needs while it runs: plans, pools of agents and limits go by it.');

const compensate = z
  .strictObject({
    type: text.min(1).optional().describe('Type of the task; default "persona-request".'),
    persona: text.min(1).optional().describe('The role that is asked.'),
    params: values.optional().describe('Parameters; texts may hold templates, over the output of this step, too.'),
    timeout: duration.optional().describe('How long one attempt may take.'),
    retries: timing.retries
      .describe('Further attempts; default 3. A number, a template, or a map as for the retries of a step.')
      .meta({ default: 3 }),
  })
  .describe('The task that undoes this step when what it belongs to is undone: its group, or the workflow ("compensate_on").');

const read = {
  inputs: z
    .record(text, source)
    .optional()
    .describe(
      'Gathered when the step starts and added to its params: by name, where the value comes from. Steps that are named become dependencies.',
    ),
  output: valueType
    .optional()
    .describe('What the output must be: a type in one word or a JSON Schema. It is checked before anything depends on it.'),
  reads: sharedKeys.optional().describe('Keys of the shared context that the step sees while it works.'),
  on_stale: z
    .enum(['accept', 'rerun', 'fail'])
    .optional()
    .describe('When a key it has read was changed meanwhile: "accept" (default), "rerun" or "fail".')
    .meta({ default: 'accept' }),
  requires: requires.optional(),
  estimate: wait.optional().describe('How long one attempt is expected to take: seconds as a number, or a text with a unit.'),
};

/** What those have who answer, but leave nothing themselves: the voters of a vote. */
export const answering = read;

/** What every task has. */
export const handing = {
  ...read,
  writes: sharedKeys.optional().describe('Keys of the shared context that the step may change.'),
  store: z
    .record(text, text)
    .optional()
    .describe('Where parts of the output go: "shared.key" or "variables.name", and the path in the output; "." for all of it.'),
  compensate: compensate.optional(),
};
