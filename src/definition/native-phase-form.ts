/** The keys by which a group is a phase: its gate, and where it sends work back to. */
import * as z from 'zod';
import { APPROVAL_FORM } from './native-approval-form.ts';
import { condition, names } from './native-step-form.ts';
import { MAX_FEEDBACK_LOOPS } from './phase-settings.ts';
import { STOCK_PHASES } from './stock-phases.ts';

const text = z.string();
const times = z.number().multipleOf(1).min(0).max(1000);

const { role, subject, params, due, remind, escalate, quorum, delegate, timeout, timeout_ms, on_timeout } = APPROVAL_FORM.shape;
const asked = { role, subject, params, due, remind, escalate, quorum, delegate, timeout, timeout_ms };
const to = names.optional().describe('Who may answer: a name, a list of them, or a template that gives either. Default: anybody.');
const person = z
  .strictObject({ to, ...asked, on_timeout })
  .describe('A person who checks the gate once all else holds; a rejection means that it does not.');
const howToGoOn = z
  .strictObject({ to, ...asked })
  .describe('Who is asked how to go on once work cannot go back any more: more rounds, go on as it is, or fail.');

const gate = z
  .strictObject({
    rate: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('The share of completed among the steps that ran, from 0 to 1. Without it every member must end as the group says.'),
    check: condition.optional().describe('Must hold once the members have ended.'),
    scores: z
      .record(text.min(1), z.number())
      .optional()
      .describe('Paths into the outputs of steps, such as "tests.coverage", and the least that must stand there.'),
    persona: text.min(1).optional().describe('Who is asked once all else holds; its verdict counts.'),
    person: person.optional(),
    on_failure: z
      .enum(['retry', 'rework', 'continue', 'stop'])
      .optional()
      .describe(
        'When it does not hold: "stop" (default) fails the phase, "retry" runs again what has not completed, "rework" runs all again with what was found, "continue" goes on anyhow.',
      ),
    take_back: z
      .boolean()
      .optional()
      .describe(
        'With "retry" and "rework": whether what members wrote to the shared context is taken back when all run again. Default false.',
      ),
    max: times.optional().describe(`With "retry" and "rework": how often. Default ${MAX_FEEDBACK_LOOPS}.`),
  })
  .describe('What must hold before the phase has passed.');

const feedback = z
  .strictObject({
    to: text.min(1).describe('Id of a phase beside this one that ends before it.'),
    when: condition
      .optional()
      .describe('When work goes back. Default: when the gate does not hold; without a gate, when a step of the phase fails or says no.'),
    findings: text
      .min(1)
      .optional()
      .describe('What is sent along: a path such as "review.issues", or a template. Default: what was found.'),
    max: times.optional().describe(`How often; 0 for never. Default ${MAX_FEEDBACK_LOOPS}.`),
    take_back: z
      .boolean()
      .optional()
      .describe('Whether what those who run again wrote to the shared context since the earlier phase began is taken back. Default false.'),
    escalate: howToGoOn.optional(),
  })
  .describe('Sends work back to an earlier phase, with what was found.');

/** The key by which a step that is no phase sends work back. */
export const sendingBack = {
  feedback: feedback
    .optional()
    .describe('Sends work back to an earlier phase beside it, with what was found: where its verdict is no pass, or "when" holds.'),
};

/** Keys of a phase beside those of a group. */
export const phasing = {
  mode: z
    .enum(['graph', 'sequential', 'parallel'])
    .optional()
    .describe('How its members run: by dependencies (default), one after the other, or at the same time.')
    .meta({ default: 'graph' }),
  gate: gate.optional(),
  feedback: feedback.optional(),
};

const stock = z.enum(Object.keys(STOCK_PHASES) as [string, ...string[]]);
const named = {
  id: text.min(1).describe('Id of the phase.'),
  kinds: names.optional().describe('Personas and types of the steps that belong to it.'),
};

/** The phases of a file, named apart from its steps. `keys`: what each may say of itself; without them that is seen when it is made a phase. */
export const phasesForm = (keys?: z.ZodRawShape) =>
  z
    .union(
      [
        z.literal('stock'),
        z
          .array(
            z.union([keys === undefined ? text : stock, keys === undefined ? z.looseObject(named) : z.strictObject({ ...keys, ...named })]),
          )
          .min(1),
      ],
      { error: 'must be "stock", or a list of phases' },
    )
    .describe('Phases that the steps are sorted into by their kinds, one after the other: "stock", names of the stock, or your own.');
