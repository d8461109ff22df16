/** Asking people: opening the question of a step, and taking in what they say. What counts is decided here, once, in the order of the journal. */
import type { ApprovalTerms } from '../definition/approval-terms.ts';
import type { ApprovalStep } from '../definition/workflow.ts';
import type { ApprovalContext } from '../machines/approval.ts';
import type { ApprovalNote } from '../machines/run-port.ts';
import type { StepContext } from '../machines/step.ts';
import { type Answer, type AnswerVerdict, answerVerdict, delegated, delegationProblem } from '../policy/approval.ts';
import { approvalMoments } from '../policy/approval-moments.ts';
import type { ApprovalAnswered, ApprovalDelegated } from '../protocol/facts.ts';
import type { JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import { contextOf, createApproval, isLive, type LiveActor } from './actor-system.ts';
import type { ApprovalEntry } from './approval-book.ts';
import { peopleAsked, peopleEscalatedTo } from './asked-people.ts';
import { timesAsked } from './asked-times.ts';
import type { LiveStep, Meeting, RunState } from './run-state.ts';

/** Creates the actor of an approval. */
export function openApproval(state: RunState, step: LiveStep, definition: ApprovalStep): Meeting {
  const { timeoutMs } = contextOf<StepContext>(step.actor).plan;
  return openQuestion(state, step, { terms: definition, given: step.given, timeoutMs });
}

/** What is asked: on which terms, as rendered, and for how long, ms. */
interface Asking {
  readonly terms: ApprovalTerms;
  readonly given: JsonObject;
  readonly timeoutMs: number | null;
  /** The actor that hears how it ended. Default: that of the step. */
  readonly parent?: LiveActor;
}

/** Creates the actor of a question that a step asks. It is named after the run, the step, and how often the step has asked. */
export function openQuestion(state: RunState, step: LiveStep, { terms, given, timeoutMs, parent = step.actor }: Asking): Meeting {
  const { path } = step;
  const { form, quorum, escalate = [], delegate = true, onTimeout = 'fail', onReject = 'fail' } = terms;
  const times = (state.approvals.askings.get(path) ?? 0) + 1;
  state.approvals.askings.set(path, times);
  const { roles } = state.approvals;
  const others = peopleEscalatedTo(given, roles);
  const { dueMs, remind, escalateMs } = timesAsked(terms, given);
  const actor = createApproval(parent, {
    path,
    asking: `${state.id}/${path}!${times}`,
    people: peopleAsked(given, roles),
    form: form ?? null,
    values: given.values ?? null,
    quorum: quorum ?? null,
    mayDelegate: delegate,
    dueMs,
    moments: approvalMoments({
      dueMs,
      remind,
      // everybody in a role is asked at the same moment
      escalate: escalate.flatMap(({ to }, link) =>
        (others[link] ?? [to]).map((person, place) => ({ to: person, afterMs: place === 0 ? (escalateMs[link] ?? 0) : 0 })),
      ),
      timeoutMs,
    }),
    onTimeout,
    onReject,
  });
  return { kind: 'approval', actor, isCancelled: false };
}

/** The actor of a step's open question, or null. */
export function openQuestionOf(state: RunState, path: string): LiveActor | null {
  const body = state.steps.get(path)?.body ?? null;
  if (body === null || !('isCancelled' in body)) return null;
  const question = body.kind === 'approval' ? body.actor : body.question;
  return question !== undefined && isLive(question) ? question : null;
}

const NOTHING_SAID = { by: null, to: null, decision: null, values: null, reason: null } as const;

/** Puts on record what a question does of itself. */
export function noteApproval(state: RunState, path: string, { what, to }: ApprovalNote): void {
  const token = `${state.id}/${path}!${state.approvals.askings.get(path) ?? 1}`;
  state.approvals.log.push({ ...NOTHING_SAID, at: state.clock.now(), step: path, token, what, to });
}

/** Takes in what people say. */
export function hearPeople(state: RunState, fact: ApprovalAnswered | ApprovalDelegated): void {
  if (fact.type === 'approval.answered') takeAnswer(state, fact);
  else takeDelegation(state, fact);
}

/** Takes an answer in. One that takes no effect is put on record and counted as late. */
function takeAnswer(state: RunState, fact: ApprovalAnswered): void {
  const { at, step, token, by, decision, values, reason } = fact;
  const answer: Answer = { token, by, decision, values, reason, at };
  const question = openQuestionOf(state, step);
  const verdict = question === null ? overVerdict(state, fact) : answerVerdict(contextOf<ApprovalContext>(question), answer);
  const what = verdict.kind === 'counts' ? 'answered' : verdict.kind;
  const why = 'reason' in verdict ? verdict.reason : reason;
  state.approvals.log.push({ ...NOTHING_SAID, at: state.clock.now(), step, token, what, by, decision, values, reason: why });
  if (verdict.kind === 'counts') question?.send({ type: 'approval.answered', answer });
  else state.lateFacts++;
}

/** Takes in that somebody has passed a question on. What takes no effect is put on record and counted as late. */
function takeDelegation(state: RunState, { step, token, by, to, reason }: ApprovalDelegated): void {
  const entry = { ...NOTHING_SAID, at: state.clock.now(), step, token, by, to: [to], reason };
  const question = openQuestionOf(state, step);
  const context = question === null ? null : contextOf<ApprovalContext>(question);
  const problem = context === null ? 'the question is over' : delegationProblem(context, { token, by, to });
  if (question === null || context === null || problem !== null) {
    state.approvals.log.push({ ...entry, what: context === null ? 'late' : 'refused', reason: problem });
    state.lateFacts++;
    return;
  }
  state.approvals.log.push({ ...entry, what: 'delegated', to: delegated(context.people, by, to) });
  question.send({ type: 'approval.delegated', token, by, to });
}

/** What becomes of an answer when the question is over: the same that was taken in before is acknowledged again. */
export function overVerdict({ approvals }: RunState, fact: Omit<ApprovalAnswered, 'type' | 'at'>): AnswerVerdict {
  const isRepeated = approvals.log.some((entry) => entry.what === 'answered' && isSame(entry, fact));
  return isRepeated ? { kind: 'repeated' } : { kind: 'late', reason: 'the question is over' };
}

function isSame(entry: ApprovalEntry, { step, token, by, decision, values }: Omit<ApprovalAnswered, 'type' | 'at'>): boolean {
  return entry.step === step && entry.token === token && entry.by === by && entry.decision === decision && sameJson(entry.values, values);
}
