import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ApprovalEvent, type ApprovalInput, approvalMachine } from '../../src/machines/approval.ts';
import type { ApprovalNote } from '../../src/machines/run-port.ts';
import type { WorkflowSettled } from '../../src/protocol/messages.ts';
import { onStage } from './on-stage.ts';

const input = (more: Partial<ApprovalInput> = {}): ApprovalInput => ({
  path: 'ask',
  asking: 'r/ask!1',
  people: ['ann', 'ben', 'cleo'],
  form: null,
  values: null,
  quorum: null,
  mayDelegate: true,
  moments: [],
  onTimeout: 'fail',
  onReject: 'fail',
  ...more,
});

type Decision = 'approve' | 'reject' | 'edit';
const says = (by: string, decision: Decision = 'approve', token = 'r/ask!1'): ApprovalEvent => ({
  type: 'approval.answered',
  answer: { token, by, decision, values: null, reason: null, at: 1 },
});
const cancel: ApprovalEvent = { type: 'cancel', reason: 'enough' };
const stage = (more: Partial<ApprovalInput> = {}) => onStage(approvalMachine, input(more));
const endOf = ({ actor }: ReturnType<typeof stage>) => actor.getSnapshot().output as WorkflowSettled | undefined;
const told = (on: ReturnType<typeof stage>) => on.calls('noteApproval').map((call) => (call[2] as ApprovalNote).what);

const events = fc.array(
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('ann', 'ben', 'cleo', 'eve'),
        fc.constantFrom<Decision>('approve', 'reject'),
        fc.constantFrom('r/ask!1', 'r/ask!0'),
      )
      .map(([by, decision, token]) => says(by, decision, token)),
    fc
      .tuple(fc.constantFrom('ann', 'ben', 'eve'), fc.constantFrom('dan', 'ben'))
      .map(([by, to]): ApprovalEvent => ({ type: 'approval.delegated', token: 'r/ask!1', by, to })),
    fc.integer({ min: 1, max: 30 }),
  ),
  { maxLength: 15 },
);

describe('an approval', () => {
  test('is approved only with as many approvals as are wanted, each of somebody who is asked', () => {
    fc.assert(
      fc.property(fc.constantFrom(null, 1, 2, 3), events, (quorum, story) => {
        const on = stage({ quorum });
        for (const each of story) {
          if (typeof each === 'number') on.pass(each);
          else on.tell(each);
        }
        const end = endOf(on);
        expect(on.errors).toEqual([]);
        if (end?.outcome !== 'completed') return;
        const { answers } = end.outputs as { answers: { by: string; decision: string }[] };
        const approvals = answers.filter(({ decision }) => decision === 'approve').map(({ by }) => by);
        expect(new Set(approvals).size).toBeGreaterThanOrEqual(quorum ?? 1);
        expect(approvals).not.toContain('eve');
      }),
    );
  });

  test('ends once: nothing after the end changes it', () => {
    const on = stage();
    on.tell(says('ann'));
    const end = endOf(on);
    on.tell(says('ben', 'reject'), cancel);
    on.pass(1e9);
    expect(endOf(on)).toBe(end);
    expect(end).toMatchObject({ outcome: 'completed', outputs: { decision: 'approved', by: 'ann', at: 1 } });
  });

  test('reminds and asks others at their times, each once, and expires at the end', () => {
    const on = stage({
      moments: [
        { atMs: 10, what: 'remind' },
        { atMs: 15, what: 'escalate', to: 'boss' },
        { atMs: 15, what: 'remind' },
        { atMs: 40, what: 'expire' },
      ],
    });
    expect(on.state()).toBe('asked');
    on.pass(10);
    expect(on.state()).toBe('reminded');
    on.pass(5);
    expect(told(on)).toEqual(['asked', 'reminded', 'escalated', 'reminded']);
    on.pass(25);
    expect(told(on).at(-1)).toBe('expired');
    expect(endOf(on)).toMatchObject({ outcome: 'failed', error: { code: 'APPROVAL_TIMED_OUT' } });
  });

  test('whoever is asked by escalation may answer beside the others', () => {
    const on = stage({ moments: [{ atMs: 10, what: 'escalate', to: 'boss' }] });
    on.tell(says('boss'));
    expect(on.state()).toBe('asked');
    on.pass(10);
    on.tell(says('boss'));
    expect(endOf(on)).toMatchObject({ outcome: 'completed', outputs: { by: 'boss' } });
  });

  test('whoever has passed it on is not heard any more', () => {
    const on = stage();
    on.tell({ type: 'approval.delegated', token: 'r/ask!1', by: 'ann', to: 'dan' }, says('ann'));
    expect(on.state()).toBe('asked');
    on.tell(says('dan'));
    expect(endOf(on)).toMatchObject({ outputs: { by: 'dan' } });
  });

  test.each([
    ['fail', {}, { outcome: 'failed', error: { code: 'APPROVAL_TIMED_OUT' } }],
    ['reject', {}, { outcome: 'failed', error: { code: 'APPROVAL_REJECTED' } }],
    ['reject', { onReject: 'continue' as const }, { outcome: 'completed', outputs: { decision: 'rejected', by: null } }],
    ['approve', {}, { outcome: 'completed', outputs: { decision: 'approved', by: null, at: null } }],
    ['approve', { form: { type: 'string' }, values: 7 }, { outcome: 'failed', error: { code: 'APPROVAL_TIMED_OUT' } }],
  ] as const)('silence means %s with %o', (onTimeout, more, end) => {
    const on = stage({ ...more, onTimeout, moments: [{ atMs: 10, what: 'expire' }] });
    on.pass(10);
    expect(endOf(on)).toMatchObject(end);
  });

  test('a rejection fails it with who and why, or is its output', () => {
    const on = stage();
    on.tell({
      type: 'approval.answered',
      answer: { token: 'r/ask!1', by: 'ben', decision: 'reject', values: null, reason: 'too early', at: 3 },
    });
    expect(endOf(on)).toMatchObject({
      outcome: 'failed',
      thrown: false,
      error: { code: 'APPROVAL_REJECTED', message: 'ben rejected it: too early', retryable: false },
    });
    const lenient = stage({ onReject: 'continue' });
    lenient.tell(says('ben', 'reject'));
    expect(endOf(lenient)).toMatchObject({ outcome: 'completed', outputs: { decision: 'rejected', by: 'ben', values: null } });
  });

  test('answers cancel in every state, and says that it asks no more', () => {
    for (const ms of [0, 10, 20]) {
      const on = stage({
        moments: [
          { atMs: 10, what: 'remind' },
          { atMs: 20, what: 'escalate', to: 'boss' },
        ],
      });
      on.pass(ms);
      on.tell(cancel);
      expect(endOf(on)).toMatchObject({ outcome: 'cancelled' });
      expect(told(on).at(-1)).toBe('withdrawn');
    }
  });
});
