import { isJsonObject, type Json } from '../protocol/json.ts';
import type { ApprovalTerms, EscalationLink } from './approval-terms.ts';
import { textsIn } from './expression-check.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, mapOf, numberOf, textOf } from './native-entries.ts';
import type { NativeBase } from './native-place.ts';
import { readTimeout, readWait } from './native-timing.ts';
import { readValueType } from './native-value-type.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import { schemaChecker } from './value-schema.ts';
import type { ApprovalStep } from './workflow.ts';

/** Reminders of whoever says only how far apart they are. */
const USUAL_REMINDERS = 3;

/** Reads a question to people. */
export function readApproval(base: NativeBase, data: Entries, node: SourceNode, reading: Reading): ApprovalStep {
  const assignees = readNames(data.assignee, ['assignee'], node, reading);
  const step: ApprovalStep = {
    ...base,
    kind: 'approval',
    ...given({
      subject: textOf(data.subject),
      params: mapOf(data.params),
      form:
        data.form === undefined ? undefined : (readValueType(data.form, node, ['form'], reading) ?? (data.form === 'any' ? {} : undefined)),
      values: data.values,
      assignees,
      role: textOf(data.role),
      dueMs: readWait(data.due, node, ['due'], reading),
      remind: readReminders(data.remind, node, reading),
      escalate: readLinks(data.escalate, node, reading),
      quorum: numberOf(data.quorum),
      delegate: typeof data.delegate === 'boolean' ? data.delegate : undefined,
      timeout: readTimeout(data, node, [], reading),
      onTimeout: data.on_timeout as ApprovalTerms['onTimeout'],
      onReject: data.on_reject as ApprovalTerms['onReject'],
    }),
  };
  checkForm(step, node, reading);
  checkTimes(step, node, reading);
  checkQuorum(step, node, reading);
  return step;
}

function readReminders(written: Json | undefined, node: SourceNode, reading: Reading): ApprovalTerms['remind'] {
  if (written === undefined) return undefined;
  const { every, times } = isJsonObject(written) ? written : { every: written, times: undefined };
  const everyMs = readWait(every, node, isJsonObject(written) ? ['remind', 'every'] : ['remind'], reading);
  if (everyMs === undefined) return undefined;
  if (everyMs > 0) return { everyMs, times: numberOf(times) ?? USUAL_REMINDERS };
  report(reading, node, ['remind'], { code: 'VALUE_RANGE', message: 'reminders must be more than 0 apart' });
  return undefined;
}

function readLinks(written: Json | undefined, node: SourceNode, reading: Reading): EscalationLink[] | undefined {
  if (!Array.isArray(written)) return undefined;
  return written.flatMap((link: Json, index): EscalationLink[] => {
    const { to, after } = mapOf(link);
    const afterMs = readWait(after, node, ['escalate', index, 'after'], reading);
    return afterMs === undefined || textOf(to) === undefined ? [] : [{ to: textOf(to) ?? '', afterMs }];
  });
}

/** What is asked must be said, and what may be changed must have a form to be held against. */
function checkForm({ form, subject, values, onTimeout }: ApprovalStep, node: SourceNode, reading: Reading): void {
  // a form that is there and wrong was reported as that
  if (form === undefined && node.entries?.has('form') === true) return;
  if (form === undefined) {
    const code = 'FORM_MISSING';
    if (values !== undefined) {
      const message = '"values" are proposed for people to change, and nothing says what they may be';
      report(reading, node, ['values'], {
        code,
        part: 'key',
        message,
        hint: 'give their JSON Schema as "form", or show them under "params"',
      });
    } else if (subject === undefined && node.entries?.has('subject') !== true) {
      const message = 'the approval asks nothing: it has neither a "subject" nor a "form"';
      report(reading, node, [], { code, message, hint: 'say what people approve as "subject", or which values they give as "form"' });
    }
    return;
  }
  if (values === undefined) {
    if (onTimeout !== 'approve') return;
    const message = 'silence cannot approve values that nobody has given';
    report(reading, node, ['on_timeout'], { code: 'DECLARATION_CONFLICT', message, hint: 'propose "values", or let it fail or reject' });
    return;
  }
  if ([...textsIn(values)].some(({ text }) => text.includes('{{'))) return;
  const [issue] = schemaChecker(form)(values);
  if (issue === undefined) return;
  const place = issue.path === '' ? '' : ` ${issue.path}`;
  report(reading, node, ['values'], { code: 'VALUE_TYPE', message: `the proposed values do not meet the form:${place} ${issue.message}` });
}

/** What would come after the timeout never comes. */
function checkTimes({ timeout, onTimeout, dueMs, escalate = [] }: ApprovalStep, node: SourceNode, reading: Reading): void {
  const conflict = (path: (string | number)[], message: string, hint: string) =>
    report(reading, node, path, { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
  if (timeout === undefined && onTimeout !== undefined && node.entries?.has('timeout') !== true) {
    conflict(['on_timeout'], '"on_timeout" says nothing without a timeout', 'give it a "timeout", or leave it out');
  }
  if (typeof timeout !== 'number') return;
  if (dueMs !== undefined && dueMs >= timeout) conflict(['due'], 'it is due when its time is up already', 'give it a longer "timeout"');
  let passed = 0;
  for (const [index, { afterMs }] of escalate.entries()) {
    passed += afterMs;
    if (passed >= timeout) {
      conflict(['escalate', index], 'its time is up before anybody is asked here', 'give it a longer "timeout", or escalate earlier');
      return;
    }
  }
}

function checkQuorum({ quorum, assignees }: ApprovalStep, node: SourceNode, reading: Reading): void {
  if (quorum === undefined || assignees === undefined || assignees.some((name) => name.includes('{{'))) return;
  if (quorum <= assignees.length) return;
  const people = assignees.length === 1 ? 'one person is' : `${assignees.length} people are`;
  report(reading, node, ['quorum'], { code: 'QUORUM_IMPOSSIBLE', message: `${quorum} must approve, and ${people} asked` });
}
