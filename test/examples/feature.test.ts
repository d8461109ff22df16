import type { Json, Work } from 'troupe';
import { describe, expect, test } from 'vitest';
import { type Played, play } from './opened-example.ts';

const rounds = ({ view }: Played) =>
  Object.fromEntries(view.phases.map(({ path, rounds: all }) => [path, all.map(({ result }) => result)]));

const says = (output: Json) => () => output;

describe('a feature in three phases', () => {
  test('is reworked until it is tested enough, and sent back until the review has no issue', async () => {
    const given: Json[] = [];
    const coder = ({ task }: Work) => {
      given.push((task.params.feedback as Json[] | undefined)?.length ?? 0);
      return { version: task.attempt };
    };
    const end = await play('feature', { recasting: { coder } });
    expect(end.status).toBe('completed');
    expect(rounds(end)).toEqual({ design: ['passed'], development: ['reworked', 'passed', 'passed'], review: ['sent_back', 'passed'] });
    expect(given).toEqual([0, 1, 1]);
    expect(end.outputs).toEqual({ code: { version: 3 }, rounds: 2 });
    expect(end.told.map(([event]) => event)).toContain('quality.gate_failed development');
  });

  test('fails at its gate when it is never tested enough', async () => {
    const end = await play('feature', { recasting: { tester: says({ coverage: 10 }) } });
    expect([end.status, end.failure?.code, end.failedStep]).toEqual(['failed', 'QUALITY_GATE_FAILED', 'development']);
    expect(rounds(end)).toEqual({ design: ['passed'], development: ['reworked', 'reworked', 'failed'] });
  });

  test('does not go back twice for the same reason, nor more often than it may', async () => {
    const stubborn = await play('feature', { recasting: { reviewer: says({ status: 'fail', issues: ['naming'] }) } });
    expect([stubborn.failure?.code, rounds(stubborn).review]).toEqual(['FEEDBACK_STALLED', ['sent_back', 'failed']]);
    const restless = ({ task }: Work) => ({ status: 'fail', issues: [task.attempt] });
    const tired = await play('feature', { recasting: { reviewer: restless } });
    expect([tired.failure?.code, rounds(tired).review]).toEqual(['MAX_FEEDBACK_LOOPS', ['sent_back', 'sent_back', 'failed']]);
  });
});
