import * as z from 'zod';
import { amount, common, names, skippable, TYPE, values } from './native-step-form.ts';
import { duration, milliseconds, wait } from './native-time-form.ts';

/** More reminders than this are a nuisance. */
const MAX_REMINDERS = 1000;

const text = z.string();

/** Reminders: how far apart, and how many. */
export const remind = z.union(
  [
    wait,
    z.strictObject({
      every: wait,
      times: z.number().multipleOf(1).min(1).max(MAX_REMINDERS).optional().describe('How often. Default 3.').meta({ default: 3 }),
    }),
  ],
  { error: 'must be a duration, or a map with "every"' },
);

/** One link of an escalation. */
export const link = z.strictObject({
  to: text.min(1).describe('Who is asked as well; may hold templates.'),
  after: wait.describe('How long nobody has decided by then, counted from the asking or from the link before.'),
});

/** A question to people. */
export const APPROVAL_FORM = z
  .strictObject({
    ...common,
    ...skippable,
    type: z.literal('approval').describe(TYPE),
    subject: text.min(1).optional().describe('What is asked, in one sentence; may hold templates. Needed where there is no "form".'),
    params: values.optional().describe('What people are shown; texts may hold templates.'),
    form: z
      .union([text, values], { error: 'must be a type such as "string", or a JSON Schema' })
      .optional()
      .describe('JSON Schema of the values that are asked for. Without it, people approve or reject, with a comment.'),
    values: z
      .unknown()
      .optional()
      .describe('What is proposed: they may approve it as it is, or change it first. Texts may hold templates. Needs "form".'),
    assignee: names.optional().describe('Who may answer: a name, a list of them, or a template that gives either. Default: anybody.'),
    role: text.min(1).optional().describe('What they are asked as; for whoever sorts an inbox.'),
    due: wait.optional().describe('When an answer is expected, counted from the asking: they are reminded then. May be a template.'),
    remind: remind.optional().describe('How far apart reminders are, and how many come at most ("every", "times").'),
    escalate: z.array(link).min(1).optional().describe('Who is asked as well when nobody decides, one after the other.'),
    quorum: amount.optional().describe('How many must approve. Default: the first answer decides.'),
    delegate: z
      .boolean()
      .optional()
      .describe('Whether somebody who is asked may pass it on to somebody else. Default true.')
      .meta({ default: true }),
    timeout: duration
      .optional()
      .describe(
        'How long to wait; then "on_timeout" says what that means. Without it: as long as it takes. Seconds, a text with a unit, or a template.',
      ),
    timeout_ms: milliseconds.optional(),
    on_timeout: z
      .enum(['fail', 'reject', 'approve'])
      .optional()
      .describe('What it means that nobody has decided in time. Default "fail".')
      .meta({ default: 'fail' }),
    on_reject: z
      .enum(['fail', 'continue'])
      .optional()
      .describe('A rejection fails the step (default), or is an output that other steps read.')
      .meta({ default: 'fail' }),
  })
  .meta({ title: 'approval', description: 'Asks people, and waits for what they say.' });
