/** An open question as people look at it, and everything that was said about it. */
import type { ApprovalContext } from '../machines/approval.ts';
import { type CountedAnswer, tokenOf } from '../policy/approval.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { contextOf } from './actor-system.ts';
import { openQuestionOf } from './approvals.ts';
import { askedFromBudget } from './budget-words.ts';
import { leaveAsked } from './oversight.ts';
import { askingRecovery, whatNextAsked } from './recovery-question.ts';
import type { LiveStep, RunState } from './run-state.ts';

/** A question that waits for people. */
export interface Question {
  /** What an answer names: it stands for this question with these values. */
  readonly token: string;
  /** What is asked, in one sentence. */
  readonly subject: string | null;
  /** What people are shown. */
  readonly params: JsonObject;
  /** JSON Schema of the values that are asked for; null: only yes or no. */
  readonly form: JsonObject | null;
  /** The values as they are proposed; null where there are none. */
  readonly values: Json;
  /** Who may answer; null for anybody. */
  readonly people: readonly string[] | null;
  readonly role: string | null;
  /** How many must approve; null: the first answer decides. */
  readonly quorum: number | null;
  readonly mayDelegate: boolean;
  /** Answers that count so far. */
  readonly answers: readonly CountedAnswer[];
  /** ms since the epoch, or null. */
  readonly askedAt: number;
  readonly dueAt: number | null;
  readonly expiresAt: number | null;
}

/** What a task asks people: for leave to begin, or for more than the budget holds. */
function askedOf(state: RunState, live: LiveStep): JsonObject {
  const isClaim = live.body !== null && 'isCancelled' in live.body && live.body.kind === 'claim';
  const more = isClaim && state.budget !== null ? askedFromBudget(state.budget, live) : null;
  return more ?? leaveAsked(state, live);
}

/** What a step asks people, and since when. */
function askedBy(state: RunState, live: LiveStep): { given: JsonObject; startedAt: number } {
  const { step } = live.blueprint;
  const recovery = askingRecovery(state, live);
  if (recovery !== null) {
    return { given: whatNextAsked(state, live), startedAt: recovery.askedAt };
  }
  const { startedAt } = live;
  if (step.kind !== 'approval') return { given: askedOf(state, live), startedAt };
  return { given: live.given, startedAt };
}

/** The open question of a live step, or null. */
export function questionOf(state: RunState, live: LiveStep): Question | null {
  const actor = openQuestionOf(state, live.path);
  if (actor === null) return null;
  const { given, startedAt } = askedBy(state, live);
  const context = contextOf<ApprovalContext>(actor);
  const { form, values, people, quorum, mayDelegate, answers, moments, waitedMs, dueMs = null } = context;
  const expiry = moments.find(({ what }) => what === 'expire')?.atMs;
  const { subject, params, role } = given;
  return {
    token: tokenOf(context),
    subject: typeof subject === 'string' ? subject : subject == null ? null : JSON.stringify(subject),
    params: isJsonObject(params) ? params : {},
    form,
    values,
    people,
    role: typeof role === 'string' ? role : null,
    quorum,
    mayDelegate,
    answers,
    askedAt: startedAt,
    dueAt: dueMs === null ? null : startedAt + dueMs,
    expiresAt: expiry === undefined || expiry < waitedMs ? null : startedAt + expiry,
  };
}
