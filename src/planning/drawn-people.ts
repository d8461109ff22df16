/** The questions of phases to people, as steps that the run asks for on its own behalf. */
import type { ApprovalTerms } from '../definition/approval-terms.ts';
import type { ApprovalStep } from '../definition/workflow.ts';

const question = (id: string, name: string, terms: ApprovalTerms): ApprovalStep => ({
  kind: 'approval',
  id,
  name,
  type: 'approval',
  dependencies: [],
  ...terms,
  onReject: 'continue',
});

/** Whether a gate holds. A rejection is an answer: it does not. */
export const gateQuestion = (phase: string, terms: ApprovalTerms): ApprovalStep => question(phase, `gate of ${phase}`, terms);

/** What is to be done when work cannot go back any more: more rounds, go on as it is, or fail. A rejection means to fail. */
export const loopQuestion = (phase: string, terms: ApprovalTerms): ApprovalStep =>
  question(phase, `feedback of ${phase}`, { ...terms, form: LOOP_FORM, values: { next: 'more', rounds: 1 } });

const LOOP_FORM = {
  type: 'object',
  properties: { next: { enum: ['more', 'go_on', 'fail'] }, rounds: { type: 'integer', minimum: 1, maximum: 1000 } },
  required: ['next'],
  additionalProperties: false,
} as const;
