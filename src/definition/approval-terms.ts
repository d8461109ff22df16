/** On what terms people are asked: who, with which form, how long, and what becomes of it when nobody answers. Durations are milliseconds, or templates of them. */
import type { Json, JsonObject } from '../protocol/json.ts';
import type { DurationSpec } from './attempt-timing.ts';

/** Reminders of whoever says only how far apart they are. */
export const USUAL_REMINDERS = 3;

/** Somebody who is asked as well when nobody has answered for `afterMs`, counted from the asking or from the link before. */
export interface EscalationLink {
  /** A name; may hold templates. */
  readonly to: string;
  readonly afterMs: DurationSpec;
}

/** What an approval says. Texts in `subject`, `params`, `values`, `assignees`, `role` and `to` may hold templates. */
export interface ApprovalTerms {
  /** What is asked, in one sentence. */
  readonly subject?: string;
  /** What the person is shown. */
  readonly params: JsonObject;
  /** JSON Schema of the values that the person gives; absent: only yes or no, with a comment. */
  readonly form?: JsonObject;
  /** What is proposed to the person, who may change it; meets the form. */
  readonly values?: Json;
  /** Who may answer, by name. Absent: anybody. A template may give a list. */
  readonly assignees?: readonly string[];
  /** What they are asked as; for whoever sorts an inbox. */
  readonly role?: string;
  /** By when an answer is expected, counted from the asking: they are reminded then. */
  readonly dueMs?: DurationSpec;
  /** They are reminded so often, so far apart. */
  readonly remind?: { readonly everyMs: DurationSpec; readonly times: number };
  readonly escalate?: readonly EscalationLink[];
  /** How many must approve. Absent: the first answer decides. */
  readonly quorum?: number;
  /** Whether somebody who is asked may pass it on. Default true. */
  readonly delegate?: boolean;
  readonly timeout?: DurationSpec;
  /** What the passing of the timeout means. Default fail. */
  readonly onTimeout?: 'fail' | 'reject' | 'approve';
  /** What a rejection does to the step. Default fail. */
  readonly onReject?: 'fail' | 'continue';
}

/** Everything of an approval that may hold templates, under the names of its keys: rendered together when the step starts. */
export function shownTo(terms: ApprovalTerms): JsonObject {
  const { subject, params, values, assignees, role, escalate } = terms;
  const times = templatedTimes(terms);
  return {
    subject: subject ?? null,
    params,
    values: values ?? null,
    assignees: assignees === undefined ? null : [...assignees],
    role: role ?? null,
    escalate: (escalate ?? []).map(({ to }) => to),
    ...(times === null ? {} : { times }),
  };
}

/** The templates among its times, each in its place; null where all of them are known before the run. */
function templatedTimes({ dueMs, remind, escalate = [] }: ApprovalTerms): JsonObject | null {
  const all = { due: templateIn(dueMs), remind: templateIn(remind?.everyMs), escalate: escalate.map(({ afterMs }) => templateIn(afterMs)) };
  return all.due === null && all.remind === null && all.escalate.every((each) => each === null) ? null : all;
}

const templateIn = (time: DurationSpec | undefined): string | null => (typeof time === 'object' ? time.template : null);
