/** What cannot hold of a question to people, wherever it was written. */
import type { ApprovalTerms } from './approval-terms.ts';
import type { DiagnosticCode } from './diagnostic.ts';
import { textsIn } from './expression-check.ts';
import type { Oversight } from './oversight.ts';
import type { SourcePath } from './source-node.ts';
import { schemaChecker } from './value-schema.ts';

/** A problem, and where in the step it stands, by the names of a file. */
export interface ApprovalProblem {
  readonly code: DiagnosticCode;
  readonly at: SourcePath;
  readonly part?: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
}

/**
 * The problems of an approval. `isWritten`: whether a key of a file is there at all; one that is there and could not be read was reported
 * as that, and its absence says nothing.
 */
export function approvalProblems(terms: ApprovalTerms, isWritten: (key: string) => boolean = () => false): ApprovalProblem[] {
  return [...formProblems(terms, isWritten), ...timeProblems(terms, isWritten), ...quorumProblems(terms)];
}

/** The problems of the terms on which people give leave to begin; see `approvalProblems`. */
export function oversightProblems(oversight: Oversight, isWritten: (key: string) => boolean = () => false): ApprovalProblem[] {
  const { timeoutMs, mode: _mode, ...terms } = oversight;
  const asked = { ...terms, params: {}, ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }) };
  return [...timeProblems(asked, isWritten), ...quorumProblems(asked)];
}

/** What is asked must be said, and what may be changed must have a form to be held against. */
function* formProblems(terms: ApprovalTerms, isWritten: (key: string) => boolean): Generator<ApprovalProblem> {
  const { form, subject, values, onTimeout } = terms;
  if (form === undefined) {
    if (isWritten('form')) return;
    const code = 'FORM_MISSING';
    if (values !== undefined) {
      const message = '"values" are proposed for people to change, and nothing says what they may be';
      yield { code, at: ['values'], part: 'key', message, hint: 'give their JSON Schema as "form", or show them under "params"' };
    } else if (subject === undefined && !isWritten('subject')) {
      const message = 'the approval asks nothing: it has neither a "subject" nor a "form"';
      yield { code, at: [], message, hint: 'say what people approve as "subject", or which values they give as "form"' };
    }
    return;
  }
  if (values === undefined) {
    if (onTimeout !== 'approve') return;
    const message = 'silence cannot approve values that nobody has given';
    yield { code: 'DECLARATION_CONFLICT', at: ['on_timeout'], message, hint: 'propose "values", or let it fail or reject' };
    return;
  }
  if ([...textsIn(values)].some(({ text }) => text.includes('{{'))) return;
  const [issue] = schemaChecker(form)(values);
  if (issue === undefined) return;
  const place = issue.path === '' ? '' : ` ${issue.path}`;
  yield { code: 'VALUE_TYPE', at: ['values'], message: `the proposed values do not meet the form:${place} ${issue.message}` };
}

/** What would come after the timeout never comes. */
function* timeProblems(terms: ApprovalTerms, isWritten: (key: string) => boolean): Generator<ApprovalProblem> {
  const { timeout, onTimeout, dueMs, escalate = [] } = terms;
  const conflict = (at: SourcePath, message: string, hint: string): ApprovalProblem => {
    return { code: 'DECLARATION_CONFLICT', at, part: 'key', message, hint };
  };
  if (timeout === undefined && onTimeout !== undefined && !isWritten('timeout') && !isWritten('timeout_ms')) {
    yield conflict(['on_timeout'], '"on_timeout" says nothing without a timeout', 'give it a "timeout", or leave it out');
  }
  if (typeof timeout !== 'number') return;
  if (typeof dueMs === 'number' && dueMs >= timeout) {
    yield conflict(['due'], 'it is due when its time is up already', 'give it a longer "timeout"');
  }
  let passed = 0;
  for (const [index, { afterMs }] of escalate.entries()) {
    if (typeof afterMs !== 'number') return;
    passed += afterMs;
    if (passed < timeout) continue;
    yield conflict(['escalate', index], 'its time is up before anybody is asked here', 'give it a longer "timeout", or escalate earlier');
    return;
  }
}

function* quorumProblems({ quorum, assignees }: ApprovalTerms): Generator<ApprovalProblem> {
  if (quorum === undefined || assignees === undefined || assignees.some((name) => name.includes('{{'))) return;
  const asked = new Set(assignees).size;
  if (quorum <= asked) return;
  const people = asked === 1 ? 'one person is' : `${asked} people are`;
  yield { code: 'QUORUM_IMPOSSIBLE', at: ['quorum'], message: `${quorum} must approve, and ${people} asked` };
}
