/** Answering a question of a run from outside: what cannot be meant is refused before it is recorded, the rest is for the run to judge. */
import { quoted } from '../definition/printable.ts';
import type { ApprovalContext } from '../machines/approval.ts';
import { answerVerdict, tokenOf } from '../policy/approval.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { ApprovalAnswered, ApprovalDelegated } from '../protocol/facts.ts';
import type { Json } from '../protocol/json.ts';
import { contextOf } from './actor-system.ts';
import type { ApprovalEntry } from './approval-book.ts';
import { openQuestionOf, overVerdict } from './approvals.ts';
import type { HostedRun } from './hosted-run.ts';
import { plainValue } from './intake.ts';
import type { Run } from './run.ts';

/** What a person says to a question. */
export interface AnswerGiven {
  /** Who says so. */
  readonly by: string;
  /** Default `approve`. `edit` approves values that were changed. */
  readonly decision?: 'approve' | 'reject' | 'edit';
  /** The values that the form asks for; without them, those that are proposed. */
  readonly values?: Json;
  /** A comment; of a rejection, the reason. */
  readonly reason?: string;
  /** The question that is meant, as the inbox names it. Default: the one that is open. With it, an answer may be sent again without harm. */
  readonly token?: string;
}

/** Passing a question on to somebody else. */
export interface DelegationGiven {
  readonly by: string;
  readonly to: string;
  readonly reason?: string;
  readonly token?: string;
}

/** What became of an answer or a delegation. */
export interface AnswerReceipt {
  readonly token: string;
  /** `repeated`: the same had been said before, and it took effect then. */
  readonly outcome: 'taken' | 'repeated';
  /** Whether the question is still open: others must answer, too. */
  readonly isOpen: boolean;
}

/** Records an answer. Rejects with INPUT_INVALID (nothing is recorded), ANSWER_REFUSED (it is on record and took no effect), RUN_ENDED, STORE_…. */
export async function giveAnswer(hosted: HostedRun, step: string, given: AnswerGiven, at: number): Promise<AnswerReceipt> {
  const decision = given.decision ?? 'approve';
  if (!['approve', 'reject', 'edit'].includes(decision)) {
    throw invalid(`${JSON.stringify(decision)} is no answer`, 'one of approve, reject and edit');
  }
  const token = tokenFor(hosted.run, step, given.token);
  const by = name(given.by, 'by');
  const values = given.values === undefined ? null : plainValue(given.values, 'values');
  const fact: ApprovalAnswered = { type: 'approval.answered', at, step, token, by, decision, values, reason: text(given.reason) };
  refuseValues(hosted.run, fact);
  if (hosted.run.ended !== null && overVerdict(hosted.run.state, fact).kind === 'repeated') {
    return { token, outcome: 'repeated', isOpen: false };
  }
  return record(hosted, fact);
}

/** Records that a question is passed on. Rejects as `giveAnswer` does. */
export async function giveDelegation(hosted: HostedRun, step: string, given: DelegationGiven, at: number): Promise<AnswerReceipt> {
  const token = tokenFor(hosted.run, step, given.token);
  const [by, to] = [name(given.by, 'by'), name(given.to, 'to')];
  return record(hosted, { type: 'approval.delegated', at, step, token, by, to, reason: text(given.reason) });
}

async function record(hosted: HostedRun, fact: ApprovalAnswered | ApprovalDelegated): Promise<AnswerReceipt> {
  const before = hosted.run.state.approvals.log.length;
  await hosted.deliver(fact);
  const { state } = hosted.run;
  const entry = state.approvals.log.slice(before).find((each) => isOf(each, fact));
  const { step, token } = fact;
  if (entry?.what === 'answered' || entry?.what === 'delegated' || entry?.what === 'repeated') {
    return { token, outcome: entry.what === 'repeated' ? 'repeated' : 'taken', isOpen: openQuestionOf(state, step) !== null };
  }
  throw new TroupeError('ANSWER_REFUSED', `what ${fact.by} says to ${step} took no effect: ${entry?.reason ?? 'it came too late'}`, {
    hint: 'it is on record; see who is asked, and what was answered before',
    where: step,
    retryable: false,
  });
}

const isOf = (entry: ApprovalEntry, { step, token, by, type }: ApprovalAnswered | ApprovalDelegated): boolean =>
  entry.step === step && entry.token === token && entry.by === by && (entry.decision !== null) === (type === 'approval.answered');

function refuseValues({ state }: Run, fact: ApprovalAnswered): void {
  const question = openQuestionOf(state, fact.step);
  if (question === null) return;
  const verdict = answerVerdict(contextOf<ApprovalContext>(question), fact);
  if (verdict.kind === 'invalid') throw invalid(`${fact.step} cannot be answered so: ${verdict.reason}`, 'see the form of the question');
}

/** The question that is meant: the one that is named, else the open one, else the last one of the step. One that was never asked is refused. */
function tokenFor({ state }: Run, step: string, token: string | undefined): string {
  const question = openQuestionOf(state, step);
  const last = state.approvals.log.findLast((entry) => entry.step === step);
  if (question === null && last === undefined) {
    const open = [...state.steps.keys()].filter((path) => openQuestionOf(state, path) !== null);
    throw invalid(
      `${step} asks nobody anything`,
      open.length === 0 ? 'no step of this run does at the moment' : `open are ${open.join(', ')}`,
    );
  }
  if (token === undefined) return question === null ? (last?.token ?? '') : tokenOf(contextOf<ApprovalContext>(question));
  const named = name(token, 'token');
  if (named.startsWith(`${state.id}/${step}!`)) return named;
  throw invalid(`${quoted(named)} is no question of ${step}`, 'take the token from the inbox, or leave it out');
}

function name(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw invalid(`an answer needs "${what}", a text`, 'say who answers');
}

const text = (value: string | undefined): string | null => (value === undefined || value === '' ? null : String(value));

const invalid = (message: string, hint: string) => new TroupeError('INPUT_INVALID', message, { hint, retryable: false });
