import { isJsonObject, type Json } from '../protocol/json.ts';
import { approvalProblems } from './approval-check.ts';
import { type ApprovalTerms, type EscalationLink, USUAL_REMINDERS } from './approval-terms.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, mapOf, numberOf, textOf } from './native-entries.ts';
import type { NativeBase } from './native-place.ts';
import { readTimeout, readWaitOrTemplate } from './native-timing.ts';
import { readValueType } from './native-value-type.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import type { ApprovalStep } from './workflow.ts';

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
      dueMs: readWaitOrTemplate(data.due, node, ['due'], reading),
      remind: readReminders(data.remind, node, reading),
      escalate: readLinks(data.escalate, node, reading),
      quorum: numberOf(data.quorum),
      delegate: typeof data.delegate === 'boolean' ? data.delegate : undefined,
      timeout: readTimeout(data, node, [], reading),
      onTimeout: data.on_timeout as ApprovalTerms['onTimeout'],
      onReject: data.on_reject as ApprovalTerms['onReject'],
    }),
  };
  for (const { at, ...problem } of approvalProblems(step, (key) => node.entries?.has(key) === true)) report(reading, node, at, problem);
  return step;
}

function readReminders(written: Json | undefined, node: SourceNode, reading: Reading): ApprovalTerms['remind'] {
  if (written === undefined) return undefined;
  const { every, times } = isJsonObject(written) ? written : { every: written, times: undefined };
  const everyMs = readWaitOrTemplate(every, node, isJsonObject(written) ? ['remind', 'every'] : ['remind'], reading);
  if (everyMs === undefined) return undefined;
  if (everyMs !== 0) return { everyMs, times: numberOf(times) ?? USUAL_REMINDERS };
  report(reading, node, ['remind'], { code: 'VALUE_RANGE', message: 'reminders must be more than 0 apart' });
  return undefined;
}

function readLinks(written: Json | undefined, node: SourceNode, reading: Reading): EscalationLink[] | undefined {
  if (!Array.isArray(written)) return undefined;
  return written.flatMap((link: Json, index): EscalationLink[] => {
    const { to, after } = mapOf(link);
    const afterMs = readWaitOrTemplate(after, node, ['escalate', index, 'after'], reading);
    return afterMs === undefined || textOf(to) === undefined ? [] : [{ to: textOf(to) ?? '', afterMs }];
  });
}
