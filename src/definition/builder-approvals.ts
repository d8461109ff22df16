import type { JsonObject } from '../protocol/json.ts';
import { type ApprovalTerms, shownTo, USUAL_REMINDERS } from './approval-terms.ts';
import { builtBase, template } from './builder-base.ts';
import type { StepList } from './builder-list.ts';
import type { FromScope, GivenMap, Known, OutputOf, StepOptions } from './builder-options.ts';
import { refused } from './builder-refusal.ts';
import { writtenSchema } from './builder-schema.ts';
import { builtValues, fromScope } from './builder-scope.ts';
import { builtDuration, builtTime, type DurationOption } from './builder-timing.ts';
import type { AnyReference, Given } from './reference.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { ApprovalStep } from './workflow.ts';
import { writtenValue } from './written-value.ts';

/** What people fill in: a zod schema, which gives the answer its type, or a JSON Schema. */
export type FormOption = StandardSchema | JsonObject | undefined;

/** The type of the values that a form takes; null without a form. */
type ValuesOf<Form extends FormOption> = Form extends StandardSchema ? OutputOf<Form> : Form extends undefined ? null : unknown;

/** What people say: in the end, by whom, with which values, and every answer that counted. `at` is ms since the epoch. */
export interface ApprovalResult<Decision extends string, Values> {
  readonly decision: Decision;
  readonly by: string | null;
  readonly values: Values;
  readonly comment: string | null;
  readonly at: number | null;
  readonly answers: readonly {
    readonly by: string;
    readonly decision: 'approve' | 'edit' | 'reject';
    readonly comment: string | null;
    readonly at: number;
  }[];
}

/** The result by the form, and by what a rejection does: only where the step goes on, others see one. */
export type ApprovalResultOf<Form extends FormOption, OnReject extends 'fail' | 'continue'> = OnReject extends 'continue'
  ? ApprovalResult<'approved' | 'edited' | 'rejected', ValuesOf<Form> | null>
  : ApprovalResult<'approved' | 'edited', ValuesOf<Form>>;

/** What an approval may say. It needs a subject or a form. Times count from the asking. */
export interface ApprovalOptions<K extends Known, Form extends FormOption, OnReject extends 'fail' | 'continue'> extends StepOptions<K> {
  /** What is asked, in one sentence. */
  readonly subject?: FromScope<K, string>;
  /** What people are shown. */
  readonly params?: FromScope<K, GivenMap>;
  /** What they fill in. Without it they approve or reject, with a comment. Transformations and refinements are not enforced. */
  readonly form?: Form;
  /** What is proposed, and may be changed; meets the form. */
  readonly values?: FromScope<K, Given<ValuesOf<Form>>>;
  /** Who may answer; a reference may give a list of names. Default: anybody. */
  readonly assignee?: FromScope<K, string | AnyReference | undefined | readonly (string | AnyReference | undefined)[]>;
  /** What they are asked as. */
  readonly role?: FromScope<K, string>;
  /** When an answer is expected: they are reminded then. */
  readonly due?: DurationOption;
  /** How far apart reminders are, and how many come at most (default 3). */
  readonly remind?: DurationOption | { readonly every: DurationOption; readonly times?: number };
  /** Who is asked as well when nobody decides, each so long after the asking or the one before. */
  readonly escalate?: readonly { readonly to: string; readonly after: DurationOption }[];
  /** How many must approve. Default: the first answer decides. */
  readonly quorum?: number;
  /** Whether somebody who is asked may pass it on. Default true. */
  readonly delegate?: boolean;
  /** How long to wait at most. Default: as long as it takes. */
  readonly timeout?: DurationOption;
  /** What it means that nobody has decided by then. Default fail. */
  readonly onTimeout?: 'fail' | 'reject' | 'approve';
  /** Whether a rejection fails the step (default), or is an answer that others read. */
  readonly onReject?: OnReject;
}

/** A question to people. What cannot hold of it is said when the workflow is built. */
export function builtApproval<K extends Known, Form extends FormOption, OnReject extends 'fail' | 'continue'>(
  list: StepList,
  id: string,
  options: ApprovalOptions<K, Form, OnReject>,
): ApprovalStep {
  const { form, due, remind, escalate, quorum, delegate, timeout, onTimeout, onReject } = options;
  const texts = {
    ...(options.subject === undefined ? {} : { subject: written(list, options.subject, `the subject of "${id}"`) }),
    params: builtValues(list, options.params ?? {}, `the params of "${id}"`),
    ...(options.values === undefined ? {} : { values: writtenValue(fromScope(list, options.values), `the values of "${id}"`) }),
    ...(options.assignee === undefined ? {} : { assignees: builtNames(list, id, options.assignee) }),
    ...(options.role === undefined ? {} : { role: written(list, options.role, `the role of "${id}"`) }),
  };
  const times = {
    ...(due === undefined ? {} : { dueMs: builtTime(due) }),
    ...(remind === undefined ? {} : { remind: builtReminders(remind) }),
    ...(escalate === undefined ? {} : { escalate: escalate.map(({ to, after }) => ({ to, afterMs: builtTime(after) })) }),
  };
  return {
    ...builtBase(list, id, 'approval', options, { texts: [template(shownTo({ ...texts, ...times }))] }),
    kind: 'approval',
    ...texts,
    ...(form === undefined ? {} : { form: builtForm(form, id) }),
    ...times,
    ...(quorum === undefined ? {} : { quorum }),
    ...(delegate === undefined ? {} : { delegate }),
    ...(timeout === undefined ? {} : { timeout: builtDuration(timeout) }),
    ...(onTimeout === undefined ? {} : { onTimeout }),
    ...(onReject === undefined ? {} : { onReject }),
  };
}

function written<K extends Known>(list: StepList, text: FromScope<K, string>, place: string): string {
  const value = writtenValue(fromScope(list, text), place);
  if (typeof value === 'string' && value !== '') return value;
  throw refused('VALUE_TYPE', `${place} must be a text`);
}

function builtNames<K extends Known>(
  list: StepList,
  id: string,
  assignee: NonNullable<ApprovalOptions<K, undefined, 'fail'>['assignee']>,
): readonly string[] {
  const given = writtenValue(fromScope(list, assignee), `the assignee of "${id}"`);
  return [given].flat().map((name) => {
    if (typeof name === 'string' && name !== '') return name;
    throw refused('VALUE_TYPE', `the assignee of "${id}" must be a name or a list of names`);
  });
}

function builtForm(form: StandardSchema | JsonObject, id: string): JsonObject {
  if (!('~standard' in form)) return writtenValue(form, `the form of "${id}"`) as JsonObject;
  const schema = writtenSchema(form as StandardSchema, `the form of "${id}"`);
  if (schema !== undefined) return schema;
  throw refused('SCHEMA_INVALID', `the form of "${id}" cannot be shown to people`, 'give a zod schema or a JSON Schema');
}

function builtReminders(remind: NonNullable<ApprovalOptions<Known, undefined, 'fail'>['remind']>): NonNullable<ApprovalTerms['remind']> {
  const { every, times = USUAL_REMINDERS } = typeof remind === 'object' ? remind : { every: remind };
  return { everyMs: builtTime(every), times };
}
