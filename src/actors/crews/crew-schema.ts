/**
 * The shape of a crew file: the one place that says which keys it may have. Reading and the JSON Schema that editors use
 * are both made from it. Meaning (durations, templates, who plays what twice) is checked by the reader.
 */
import * as z from 'zod';
import type { JsonObject } from '../../protocol/json.ts';

const text = z.string();
const duration = z
  .union([z.number().min(0), text.min(1)], { error: 'must be a number of seconds or a text such as "2s"' })
  .describe('Seconds as a number, or a text with a unit ("500ms", "2s", "1m30s").');
const oneOrMore = z.union([text.min(1), z.array(text.min(1))], { error: 'must be a name or a list of names' });

/** When somebody who keeps failing is spared: an agent, or a service outside. */
export const BREAKER_FORM = z.strictObject({
  failures: z.int().min(1).optional().describe('So many failures in the window open its circuit breaker. Default 5.').meta({ default: 5 }),
  window: duration
    .optional()
    .describe('How long a failure counts: seconds as a number, or a text with a unit. Default 10 minutes.')
    .meta({ default: '10m' }),
  cool: duration
    .optional()
    .describe('How long it is spared before it is tried out with one task: seconds as a number, or a text with a unit. Default 1 minute.')
    .meta({ default: '1m' }),
  successes: z.int().min(1).optional().describe('So many tasks in a row must succeed then. Default 2.').meta({ default: 2 }),
});

const common = {
  description: text.optional().describe('What the agent is for.'),
  personas: oneOrMore
    .optional()
    .describe('Roles it plays, alone or beside others; "*" plays whatever nobody else does. Default: its own id.'),
  step_types: oneOrMore.optional().describe('Step types it performs, whoever the step asks for.'),
  capabilities: oneOrMore
    .optional()
    .describe(
      'What it can do, by name: a step that requires capabilities is given to nobody who lacks one. Default: whatever is asked for.',
    ),
  capacity: z.int().min(1).optional().describe('Tasks it may have in hand at once. Default: no limit.'),
  uses: z
    .strictObject({
      tokens: z.number().min(0).optional().describe('API tokens.'),
      memory_mb: z.number().min(0).optional().describe('Megabytes of memory.'),
      cpu: z.number().min(0).optional().describe('Cores.'),
      io: z.number().min(0).optional().describe('Shares of input and output.'),
    })
    .optional()
    .describe('What one call of it uses, until more is learned: reserved where a step says nothing; and who uses less is a lighter agent.'),
  breaker: z
    .union([z.literal(false), BREAKER_FORM], { error: 'must be false, or a map of failures, window, cool and successes' })
    .optional()
    .describe('When it is spared for having broken too often; false: never. Default: as the runtime says.'),
};

const REPORT_FORM = z.strictObject({
  percent: z.number().min(0).max(100).optional().describe('Share of the work that is done.'),
  phase: text.nullable().optional().describe('What it is doing.'),
  blocked: text.nullable().optional().describe('Why it cannot go on; null: it can again.'),
});

/** One answer of a script. */
export const ANSWER_FORM = z.strictObject({
  output: z.unknown().optional().describe('The output of the step. Default null.'),
  variables: z.record(text, z.unknown()).optional().describe('Variables to set in the run; only with an output.'),
  writes: z.record(text, z.unknown()).optional().describe('New values in the shared context, by key; only with an output.'),
  usage: z.record(text, z.number().min(0)).optional().describe('What it says it has used up, by name (tokens: 1200), however it ends.'),
  fail: text.optional().describe('Reports a failure with this message.'),
  throw: text.optional().describe('Breaks with this message.'),
  service: text.min(1).max(200).optional().describe('The service outside that it comes from; only with fail or throw.'),
  after: duration
    .optional()
    .describe('Works that long before it answers: seconds as a number, or a text with a unit ("500ms", "2s", "1m30s"). Default 0.')
    .meta({ default: 0 }),
  progress: z.array(z.unknown()).optional().describe('Said while it works.'),
  reports: z.array(REPORT_FORM).optional().describe('Reported meanwhile: how far it is.'),
  forever: z.boolean().optional().describe('Never answers, until it is cancelled. Default false.').meta({ default: false }),
});

const answers = z.union([ANSWER_FORM, z.array(ANSWER_FORM).min(1)], {
  error: 'must be an answer or a list of answers, one for each attempt',
});
const environment = z.union([z.array(text), z.record(text, z.union([text, z.number(), z.boolean(), z.null()]))], {
  error: 'must be a list of NAME or NAME=value, or a map of names and values',
});

const KIND = 'What the agent is: "scripted" answers from a script, "command" runs a program, "module" calls a JavaScript module.';

function agentForms<Script extends z.ZodType>(script: Script) {
  return {
    scripted: z
      .strictObject({
        kind: z.literal('scripted').describe(KIND),
        ...common,
        script: z.record(text, script).describe('Answers by step id; "*" stands for every step without answers of its own.'),
      })
      .meta({ title: 'scripted', description: 'Answers from a script.' }),
    command: z
      .strictObject({
        kind: z.literal('command').describe(KIND),
        ...common,
        command: z
          .array(text)
          .min(1)
          .describe('Program and arguments, run without a shell; arguments may hold {{…}} over params, step, run, attempt, key.'),
        cwd: text.min(1).optional().describe('Working directory, relative to this file. Default: where this file is.'),
        env: environment.optional().describe('What the program sees of the environment beyond PATH, HOME, LANG, TERM, TZ and TMPDIR.'),
        input: z
          .enum(['json', 'text', 'none'])
          .optional()
          .describe('stdin: the task as JSON (default), its prompt as text, or nothing.')
          .meta({ default: 'json' }),
        output: z
          .enum(['json', 'text', 'report'])
          .optional()
          .describe('stdout: text (default), one JSON value, or a report: JSON with output, variables, writes and usage, or with error.')
          .meta({ default: 'text' }),
        max_output_bytes: z
          .int()
          .min(0)
          .optional()
          .describe('More bytes than that on stdout end the program. Default 1048576.')
          .meta({ default: 1_048_576 }),
        grace: duration
          .optional()
          .describe('Between asking the program to end and ending it: seconds as a number, or a text with a unit. Default 5 seconds.')
          .meta({ default: '5s' }),
        ok_exit_codes: z
          .array(z.int().min(0).max(255))
          .min(1)
          .optional()
          .describe('Exit codes that count as success. Default [0].')
          .meta({ default: [0] }),
      })
      .meta({ title: 'command', description: 'Runs a program for each attempt.' }),
    module: z
      .strictObject({
        kind: z.literal('module').describe(KIND),
        ...common,
        module: text.min(1).describe('Path of a JavaScript module, relative to this file.'),
        export: text
          .min(1)
          .optional()
          .describe('Name of the export: an async function, an agent or an adapter. Default: the agent’s id, else the default export.'),
        grace: duration
          .optional()
          .describe('How long it may take to stop when it is told to: seconds as a number, or a text with a unit. Default 10 seconds.')
          .meta({ default: '10s' }),
      })
      .meta({ title: 'module', description: 'A function or an agent exported by a JavaScript module.' }),
  } as const;
}

/** The forms of an agent by its kind, as the reader uses them: it visits answers itself. */
export const AGENT_FORMS = agentForms(z.unknown());

function fileForm<Member extends z.ZodType>(member: Member) {
  return z.strictObject({
    $schema: text.optional().describe('For editors.'),
    name: text.optional().describe('For people.'),
    description: text.optional().describe('What the crew is for.'),
    roles: z
      .record(text, oneOrMore)
      .optional()
      .describe('People by role: whoever asks a role asks everybody in it. With it, a role that is not here is nobody.'),
    max_concurrent: z
      .record(text, z.int().min(1))
      .optional()
      .describe('So many tasks at once, by persona, or by step type for steps without one, whoever plays it. Default: no limit.'),
    services: z
      .record(text.min(1).max(200), BREAKER_FORM)
      .optional()
      .describe('Services outside that agents call, by name: when they are spared for having failed too often. Others have the defaults.'),
    agents: z.record(text, member).describe('The agents, by id.'),
  });
}

/** The file as the reader uses it: it visits agents itself. */
export const CREW_FILE_FORM = fileForm(z.unknown());

/** The JSON Schema (draft-07) of crew files, made from the schemas that the reader itself uses. */
export function crewJsonSchema(): JsonObject {
  const member = z.discriminatedUnion('kind', [agentForms(answers).scripted, AGENT_FORMS.command, AGENT_FORMS.module]);
  const form = fileForm(member).meta({ title: 'Troupe crew', description: 'A crew file of Troupe: who plays which persona.' });
  return z.toJSONSchema(form, { target: 'draft-7', io: 'input' }) as JsonObject;
}
