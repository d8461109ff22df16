/**
 * Whether an answer to a question counts, and what the answers so far come to.
 *
 * A question is open to those who are asked, or to anybody where nobody is named. Each person counts once. An approval is for the values as
 * they stand: whoever changes them approves the new ones, and the approvals before are void. Without a quorum the first answer decides;
 * with one, so many must approve, and it is rejected when that is no longer possible, or, where it is not known how many are asked, by
 * the first who rejects.
 */
import { schemaChecker } from '../definition/value-schema.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';

/** What a person says. `edit` approves values that the person has changed. */
export type AnswerDecision = 'approve' | 'reject' | 'edit';

/** An answer as it was given. */
export interface Answer {
  /** The question it is meant for. */
  readonly token: string;
  readonly by: string;
  readonly decision: AnswerDecision;
  /** Null: those that are proposed. */
  readonly values: Json;
  readonly reason: string | null;
  /** ms since the epoch. */
  readonly at: number;
}

/** An answer that counts. */
export type CountedAnswer = Omit<Answer, 'values'>;

/** A question, and what has been answered so far. */
export interface OpenQuestion {
  /** Names the asking. */
  readonly asking: string;
  /** How often the values were changed since then. */
  readonly revision: number;
  /** Who may answer; null for anybody. */
  readonly people: readonly string[] | null;
  readonly form: JsonObject | null;
  /** What is proposed: the values as they stand. */
  readonly values: Json;
  readonly quorum: number | null;
  readonly mayDelegate: boolean;
  readonly answers: readonly CountedAnswer[];
}

/** What becomes of an answer. `repeated`: that person has said the same before. */
export type AnswerVerdict =
  | { readonly kind: 'counts' | 'repeated' }
  | { readonly kind: 'late' | 'refused' | 'invalid'; readonly reason: string };

/** What an answer must name: the asking, and the values as they stand. An answer to other values is no answer to these. */
export function tokenOf({ asking, revision }: Pick<OpenQuestion, 'asking' | 'revision'>): string {
  return revision === 0 ? asking : `${asking}.${revision}`;
}

/** What the answers come to. */
export type Outcome = 'open' | 'approved' | 'edited' | 'rejected';

/** Judges an answer to a question that is still open. */
export function answerVerdict(question: OpenQuestion, answer: Answer): AnswerVerdict {
  const { people, answers } = question;
  const { by, decision } = answer;
  const before = answers.find((each) => each.by === by);
  const same = before !== undefined && saysAgain(before, answer);
  if (same && before.token === answer.token) return { kind: 'repeated' };
  if (answer.token !== tokenOf(question)) return { kind: 'late', reason: 'it answers the question as it was before' };
  if (before !== undefined && !isRevision(question, answer)) {
    return same ? { kind: 'repeated' } : { kind: 'refused', reason: `${by} has answered already: ${before.decision}` };
  }
  if (people !== null && !people.includes(by)) return { kind: 'refused', reason: `${by} is not asked; ${people.join(', ')} may answer` };
  if (decision === 'reject') return { kind: 'counts' };
  const wrong = problemWith(question, answer);
  return wrong === null ? { kind: 'counts' } : { kind: 'invalid', reason: wrong };
}

const saysAgain = (before: Pick<Answer, 'decision'>, { decision }: Pick<Answer, 'decision'>): boolean =>
  before.decision === decision || (before.decision === 'edit' && decision === 'approve');

/** Whether it says something new of the values, which anybody may who has approved others. */
function isRevision({ form, values: proposed }: OpenQuestion, { decision, values }: Answer): boolean {
  return form !== null && decision !== 'reject' && values !== null && !sameJson(values, proposed);
}

/** Why values cannot be approved (null: those that are proposed), or null where they can. */
export function problemWith(
  { form, values: proposed }: Pick<OpenQuestion, 'form' | 'values'>,
  { decision, values }: Pick<Answer, 'decision' | 'values'>,
): string | null {
  if (form === null) {
    return values === null && decision === 'approve' ? null : 'no values are asked for: approve or reject';
  }
  if (values === null && decision === 'edit') return 'an edit gives the values as they should be';
  const taken = values ?? proposed;
  if (taken === null) return 'values are asked for, and none are given';
  const issues = schemaChecker(form)(taken);
  if (issues.length === 0) return null;
  const whose = values === null ? 'the proposed values are' : 'the values are';
  return `${whose} not as the form wants them: ${issues.map(({ path, message }) => `${path === '' ? 'the whole' : path} ${message}`).join('; ')}`;
}

/** The question with an answer that counts. */
export function withAnswer(question: OpenQuestion, answer: Answer): Pick<OpenQuestion, 'answers' | 'values' | 'revision'> {
  const { token, by, values, reason, at } = answer;
  const changes = answer.decision !== 'reject' && values !== null && !sameJson(values, question.values);
  const standing = question.answers.filter((each) => each.by !== by && (!changes || each.decision === 'reject'));
  // The first values of a form that proposes none are no change of anything.
  const decision = changes && question.values !== null ? 'edit' : answer.decision;
  return {
    answers: [...standing, { token, by, decision, reason, at }],
    values: changes ? values : question.values,
    revision: question.revision + (changes ? 1 : 0),
  };
}

/** What the answers so far come to. */
export function outcomeOf({ people, quorum, answers }: Pick<OpenQuestion, 'people' | 'quorum' | 'answers'>): Outcome {
  const rejections = answers.filter(({ decision }) => decision === 'reject').length;
  const approvals = answers.length - rejections;
  const tolerated = quorum === null || people === null ? 0 : Math.max(0, people.length - quorum);
  if (rejections > tolerated) return 'rejected';
  if (approvals < (quorum ?? 1)) return 'open';
  return answers.some(({ decision }) => decision === 'edit') ? 'edited' : 'approved';
}

/** Why a question cannot be passed on from one to another, or null where it can. */
export function delegationProblem(question: OpenQuestion, { token, by, to }: { token: string; by: string; to: string }): string | null {
  const { people, answers, mayDelegate, quorum } = question;
  if (token !== tokenOf(question)) return 'it is about an earlier question of this step';
  if (!mayDelegate) return 'this question may not be passed on';
  if (people !== null && !people.includes(by)) return `${by} is not asked; only those who are may pass it on`;
  if (people === null && (quorum ?? 1) > 1) return 'several must approve, and nobody in particular is asked';
  if (answers.some((each) => each.by === by)) return `${by} has answered already`;
  if (by === to || people?.includes(to) === true) return `${to} is asked already`;
  return null;
}

/** Who is asked once `by` has passed it on to `to`. */
export function delegated(people: readonly string[] | null, by: string, to: string): readonly string[] {
  return people === null ? [to] : people.map((each) => (each === by ? to : each));
}
