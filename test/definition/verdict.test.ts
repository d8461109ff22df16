import { describe, expect, it } from 'vitest';
import { extractJson } from '../../src/definition/json-extraction.ts';
import { readVerdict, type Verdict, type VerdictOptions } from '../../src/definition/verdict.ts';
import type { Json } from '../../src/protocol/json.ts';
import { recorded } from './recorded.ts';

interface Recorded {
  readonly status: readonly {
    readonly name: string;
    readonly input: string;
    readonly options: VerdictOptions | null;
    readonly expected: Verdict;
  }[];
  readonly json: readonly { readonly name: string; readonly input: string; readonly expected: Json }[];
}

describe('verdicts as they were recorded', () => {
  it('every reply gives the recorded status, details and payload', () => {
    const rows = recorded<Recorded>('persona-status.json')?.status ?? [];
    expect(rows.map(({ name, input, options }) => [name, readVerdict(input, options ?? {})])).toEqual(
      rows.map(({ name, expected }) => [name, expected]),
    );
  });

  it('every text gives the recorded JSON', () => {
    const rows = recorded<Recorded>('persona-status.json')?.json ?? [];
    expect(rows.map(({ name, input }) => [name, extractJson(input)])).toEqual(rows.map(({ name, expected }) => [name, expected]));
  });
});

const statusOf = (reply: unknown, options?: VerdictOptions): string => readVerdict(reply, options).status;

describe('a status in words', () => {
  it.each([
    'pass',
    'Passed',
    'SUCCESS',
    'succeeded',
    'approved',
    'ok',
    'green',
    'LGTM',
    'complete',
    'completed',
    ' pass ',
    '✅ pass',
    'pass with comments',
    'pass_with_warnings',
  ])('%j passes', (status) => expect(statusOf({ status })).toBe('pass'));
  it.each([
    'fail',
    'failed',
    'block',
    'Blocked',
    'reject',
    'rejected',
    'error',
    'not pass',
    'NOT_PASSED',
    'not approved',
    'red',
    'passed with errors',
  ])('%j fails', (status) => expect(statusOf({ status })).toBe('fail'));
  it.each([
    '',
    'done',
    'pending',
    'in_progress',
    'pass|fail',
    'pass or fail',
    'passport',
    'okra',
    'reddish',
    'not blocked',
    'maybe pass',
    '42',
  ])('%j says nothing', (status) => expect(statusOf({ status })).toBe('unknown'));
});

describe('members of the payload', () => {
  it.each<[Json, string]>([
    [{ success: true }, 'pass'],
    [{ success: false }, 'fail'],
    [{ success: 'false' }, 'fail'],
    [{ error: 'boom' }, 'fail'],
    [{ error: { code: 1 } }, 'fail'],
    [{ error: null, success: true }, 'pass'],
    [{ error: 'boom', success: true }, 'fail'],
    [{ status: 'pass', error: 'none' }, 'pass'],
    [{ status: 'completed', success: false }, 'fail'],
    [{ status: 'pending', success: true }, 'pass'],
    [{ Status: 'PASS' }, 'pass'],
    [{ approved: false }, 'fail'],
    [{ verdict: 'approved' }, 'pass'],
    [{ result: 'pass' }, 'pass'],
    [{ result: 'Error handling was added' }, 'unknown'],
    [{ findings: [] }, 'unknown'],
  ])('%j: %s', (reply, status) => {
    expect(statusOf(reply)).toBe(status);
    expect(statusOf(JSON.stringify(reply))).toBe(status);
  });
});

describe('wrappers', () => {
  it.each<[string, unknown, string]>([
    ['what the transport says is no verdict', { status: 'done', output: '{"status":"fail"}' }, 'fail'],
    ['an inner fail outweighs an outer success', { status: 'success', output: '{"status":"fail"}' }, 'fail'],
    ['an outer fail outweighs an inner pass', { status: 'failed', output: '{"status":"pass"}' }, 'fail'],
    ['prose inside does not overrule a status outside', { status: 'pass', output: 'Status: failed in the first attempt' }, 'pass'],
    ['an object inside', { output: { status: 'pass' } }, 'pass'],
    ['the result of an event', { status: 'done', result: '{"output":"{\\"status\\":\\"pass\\"}"}' }, 'pass'],
    ['JSON that was encoded twice', JSON.stringify(JSON.stringify({ status: 'pass' })), 'pass'],
    ['a wrapper that was cut off', '{"output":"{\\"status\\":\\"pass\\",\\"details\\":\\"al', 'pass'],
    ['wrappers without end', `${'{"output":'.repeat(50)}{"status":"pass"}${'}'.repeat(50)}`, 'unknown'],
  ])('%s', (_, reply, status) => {
    expect(statusOf(reply)).toBe(status);
  });

  it('payload and details come from the layer that judged', () => {
    expect(readVerdict({ status: 'done', output: 'Well. {"status":"fail","details":"no tests"}' })).toEqual({
      status: 'fail',
      details: 'no tests',
      payload: { status: 'fail', details: 'no tests' },
    });
  });
});

describe('texts', () => {
  it.each<[string, string, string]>([
    ['a verdict that was only considered is none', '<think>{"status":"pass"}</think>', 'unknown'],
    ['an unclosed thought is a thought', '{"note":1} <thinking>status: pass', 'unknown'],
    ['all before a stray closing tag is thought', 'status: pass</think>\nStatus: fail', 'fail'],
    ['a fence with prose around', 'Sure!\n```json\n{"status": "approved"}\n```\nBye {x}', 'pass'],
    ['code before the verdict', 'const f = () => ({});\nif (x) { y(); }\n{"status":"fail"}', 'fail'],
    ['the first object with a verdict', 'Config {"a": 1} is fine. {"status":"fail"} {"status":"pass"}', 'fail'],
    ['raw line breaks and trailing commas', '{"details": "one\ntwo", "status": "pass",}', 'pass'],
    ['an inner object of one that was cut off does not judge', '{"findings":[{"status":"pass"},{"a":', 'unknown'],
    ['the part that can be read of one that was cut off does', '{"status":"fail","findings":[{"status":"pass"},{"a":', 'fail'],
    ['quotes that are not JSON', "{'status': 'failed', 'x': 1}", 'fail'],
    ['quotes inside quotes', '{"summary": "a "quoted" word", "status": "fail"}', 'fail'],
    ['a labelled line', '## Review\n- **Overall Status**: APPROVED', 'pass'],
    ['a label of another status', 'HTTP status: ok\nexit status: ok', 'unknown'],
    ['one word', '**PASS**', 'pass'],
    ['objections outweigh consent', 'It can proceed, but the naming is not acceptable.', 'fail'],
    ['typographic quotes', 'We can’t approve this.', 'fail'],
    ['a status of its own outweighs phrases', '{"status":"pending","note":"it can proceed"}', 'unknown'],
    ['keywords are no verdict', 'All tests pass; nothing failed. Great success.', 'unknown'],
  ])('%s', (_, reply, status) => {
    expect(statusOf(reply)).toBe(status);
  });
});

describe('personas', () => {
  it.each(['plan-evaluator', 'tester-qa', 'code-reviewer', 'security-review', undefined])('%s must state a status', (persona) => {
    const options = persona === undefined ? {} : { persona };
    expect(statusOf('I looked at everything.', options)).toBe('unknown');
    expect(statusOf('Status: pass', options)).toBe('pass');
  });

  it.each(['context', 'implementation-planner', 'lead-engineer'])('%s passes with any content that is no fail', (persona) => {
    expect(statusOf('I looked at everything; it needs revision later.', { persona })).toBe('pass');
    expect(statusOf({ files: ['a'] }, { persona })).toBe('pass');
    expect(statusOf({ status: 'pending' }, { persona })).toBe('pass');
    expect(statusOf({ status: 'blocked' }, { persona })).toBe('fail');
    expect(statusOf({ error: 'no repository' }, { persona })).toBe('fail');
    for (const empty of ['', '  ', '{}', '[]', null, undefined, { output: '' }, '<think>hm</think>'])
      expect(statusOf(empty, { persona })).toBe('unknown');
  });

  it('who asks may say otherwise', () => {
    expect(statusOf('text', { persona: 'context', statusRequired: true })).toBe('unknown');
    expect(statusOf('text', { persona: 'tester-qa', statusRequired: false })).toBe('pass');
  });

  it.each<[unknown, string]>([
    [{ status: 'pass', tests_run: 0 }, 'fail'],
    [{ status: 'pass', test_results: { total: 0, passed: 0, failed: 0 } }, 'fail'],
    [{ status: 'pass', testResults: { unit: { run: 0 }, e2e: { run: 4 } } }, 'pass'],
    [{ status: 'pass', tests: [] }, 'fail'],
    [{ status: 'pass', tests_run: '12', failed: 0 }, 'pass'],
    [{ status: 'pass', files: 0 }, 'pass'],
    [{ status: 'fail', tests_run: 3 }, 'fail'],
    ['{"status":"pass"}\nNote: no tests were run.', 'fail'],
    [{ status: 'pass', details: 'fine', summary: '0 tests run' }, 'fail'],
    ['{"status":"pass"}\nRan 0 tests in 0.1s', 'fail'],
    ['{"status":"pass"}\nRan 10 tests', 'pass'],
  ])('quality assurance without a test is no pass: %j', (reply, status) => {
    expect(statusOf(reply, { persona: 'tester-qa' })).toBe(status);
  });

  it('a test plan need not have run tests, and others need not test at all', () => {
    expect(statusOf({ status: 'pass', tests_run: 0 }, { persona: 'tester-qa', intent: 'qa_plan' })).toBe('pass');
    expect(statusOf({ status: 'pass', tests_run: 0 }, { persona: 'code-reviewer' })).toBe('pass');
  });
});
