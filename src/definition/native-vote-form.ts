import * as z from 'zod';
import { budgeting } from './native-budget-form.ts';
import { answering } from './native-data-form.ts';
import { sendingBack } from './native-phase-form.ts';
import { amount, common, skippable, TYPE, values } from './native-step-form.ts';
import { duration, timing } from './native-time-form.ts';

/** More voters than this are a typing mistake. */
const MAX_VOTERS = 1000;

const text = z.string();

/** Several agents answer the same task, and the answers become one. `ambiguous` is the form of `on_ambiguous`. */
export function voteForm<Ambiguous extends z.ZodType>(ambiguous: Ambiguous) {
  return z
    .strictObject({
      ...common,
      ...skippable,
      ...timing,
      ...answering,
      ...sendingBack,
      ...budgeting,
      type: z.literal('vote').describe(TYPE),
      persona: text.min(1).optional().describe('The role that all voters play; "voters" says how many.'),
      voters: z.number().multipleOf(1).min(2).max(MAX_VOTERS).optional().describe('With "persona": how many vote.'),
      personas: z
        .array(text.min(1))
        .min(2)
        .max(MAX_VOTERS)
        .optional()
        .describe('In place of "persona" and "voters": the role of each voter.'),
      params: values.optional().describe('Parameters for every voter; texts may hold templates.'),
      on_ambiguous: ambiguous,
      rule: z
        .enum(['majority', 'unanimous', 'weighted', 'judged'])
        .optional()
        .describe(
          'How votes become a decision: "majority" (default), "unanimous", "weighted" by "weights" or "score", "judged" by "judge".',
        )
        .meta({ default: 'majority' }),
      choice: text.optional().describe('Where in an answer the choice stands, such as "verdict.status". Default: the whole answer.'),
      score: text.optional().describe('weighted: where in an answer its weight stands.'),
      weights: z.record(text, z.number().positive()).optional().describe('weighted: weights by persona; default 1.'),
      judge: z
        .union(
          [
            text.min(1),
            z.strictObject({
              persona: text.min(1).optional().describe('The role that decides.'),
              type: text.min(1).optional().describe('Type of its task; default "persona-request".'),
              ...timing,
              params: values.optional().describe('Its parameters; it is also given all answers as "ballots".'),
            }),
          ],
          { error: 'must be a persona, or a map with "persona" or "type"' },
        )
        .optional()
        .describe('judged: who decides. Under other rules: who decides a tie.'),
      quorum: amount.optional().describe('How many must answer. Default: more than half.'),
      escalate: z
        .strictObject({
          timeout: duration.optional().describe('How long a decision from outside is waited for; without it, as long as it takes.'),
        })
        .optional()
        .describe('What becomes of a tie that nobody here decides: the signal "<id>.decision" is waited for.'),
    })
    .meta({ title: 'vote', description: 'Several agents answer the same task, and the answers become one.' });
}
