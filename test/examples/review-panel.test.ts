import type { Work } from 'troupe';
import { describe, expect, test } from 'vitest';
import { play } from './opened-example.ts';

const outputs = {
  verdict: 'reject',
  because: 'a logout must end the session at once; then it is good',
  reviews: ['security', 'correctness', 'tests'],
  votes: ['reject 2', 'approve 2'],
};

/** Reads as long as the scripted reviewer, does not listen when it is told to stop, and answers all the same. */
const stubborn = async ({ sleep }: Work) => {
  await sleep(5_000).catch(() => {});
  return { findings: ['too late'] };
};
const never = ({ sleep }: Work) => sleep(1e9);
const votes = (verdict: string) => () => ({ verdict, reason: 'said so' });

describe('a review panel', () => {
  test('goes on with three reviews of five, and the judge breaks the tie of the vote', async () => {
    const { history, outputs: given, makespanMs, told } = await play('review-panel');
    expect(history).toEqual([
      ['tests', 'completed'],
      ['security', 'completed'],
      ['correctness', 'completed'],
      ['speed', 'cancelled'],
      ['wording', 'cancelled'],
      ['reviews', 'completed'],
      ['verdict.3', 'completed'],
      ['verdict.1', 'completed'],
      ['verdict.2', 'completed'],
      ['verdict.judge', 'completed'],
      ['verdict', 'completed'],
    ]);
    expect(given).toEqual(outputs);
    expect(makespanMs).toBe(900 + 400 + 500);
    expect(told).toContainEqual(['agent.completed speed', { attempt: 1, outcome: 'cancelled', reason: 'enough members have completed' }]);
  });

  test('a review that comes after the join changes nothing', async () => {
    const prompt = await play('review-panel');
    const late = await play('review-panel', { recasting: { 'performance-reviewer': stubborn, editor: stubborn } });
    expect(late.events.filter((event) => event.startsWith('task.late'))).toEqual(['task.late speed', 'task.late wording']);
    expect(late.view.lateFacts).toBe(2);
    expect([late.history, late.outputs]).toEqual([prompt.history, prompt.outputs]);
  });

  test('whoever reads longer than the deadline does not count; without a quorum nobody votes', async () => {
    const recasting = { tester: never, 'performance-reviewer': never, editor: never };
    const { status, failure, history, makespanMs } = await play('review-panel', { recasting });
    expect([status, failure?.code, makespanMs]).toEqual(['failed', 'JOIN_FAILED', 30_000]);
    expect(failure?.message).toBe('2 of 5 members completed, 3 are needed; 3 failed');
    expect(Object.fromEntries(history)).toMatchObject({ tests: 'failed', speed: 'failed', wording: 'failed', verdict: 'skipped' });
  });
});

describe('the vote of the panel', () => {
  test('is decided by weight, and then no judge is asked', async () => {
    const { outputs: given, events } = await play('review-panel', { recasting: { maintainer: votes('Reject ') } });
    expect(given).toMatchObject({ verdict: 'reject', votes: ['reject 3', 'approve 1'] });
    expect(events).not.toContain('task.started verdict.judge');
  });

  test('waits for a person where the judge does not decide either, but not longer than an hour', async () => {
    const recasting = { chief: () => ({ reason: 'hard to say' }) };
    const signal = { at: 60_000, do: 'signal', name: 'verdict.decision', payload: { verdict: 'approve', reason: 'ship it' } } as const;
    const decided = await play('review-panel', { recasting, happenings: [signal] });
    expect(decided.outputs).toMatchObject({ verdict: 'approve', because: 'ship it' });
    const undecided = await play('review-panel', { recasting });
    expect([undecided.status, undecided.failure?.code, undecided.makespanMs]).toEqual(['failed', 'VOTE_UNDECIDED', 900 + 400 + 3_600_000]);
  });
});
