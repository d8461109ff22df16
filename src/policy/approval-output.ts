/** What a step that has asked people leaves: the output that other steps read. */
import type { JsonObject } from '../protocol/json.ts';
import type { CountedAnswer, OpenQuestion, Outcome } from './approval.ts';

type Answered = Pick<OpenQuestion, 'answers' | 'values'>;

/**
 * `{ decision, by, values, comment, at, answers }`: approved, edited or rejected, by whose answer that was decided, the values that were
 * approved (null: none, or rejected), what was said, when (ms), and every answer that counted. Nobody and no time where a timeout decided.
 */
export function approvalOutput(
  outcome: Exclude<Outcome, 'open'>,
  { answers, values }: Answered,
  silence: string | null = null,
): JsonObject {
  const last = silence === null ? answers.at(-1) : undefined;
  return {
    decision: outcome,
    by: last?.by ?? null,
    values: outcome === 'rejected' ? null : values,
    comment: silence ?? last?.reason ?? null,
    at: last?.at ?? null,
    answers: answers.map(shown),
  };
}

const shown = ({ by, decision, reason, at }: CountedAnswer): JsonObject => ({ by, decision, comment: reason, at });
