import { describe, expect, it } from 'vitest';
import { reportedFact } from '../../src/runtime/reported-fact.ts';
import { aTask } from '../actors/work.ts';

const about = { at: 9, step: 'step', attempt: 2 };
const task = aTask({ attempt: 2 });

describe('a report becomes a fact', () => {
  it('with everything that the agent has answered', () => {
    expect(reportedFact(task, { ok: true, output: 1 }, 9)).toEqual({ type: 'task.completed', ...about, output: 1 });
    expect(reportedFact(task, { ok: true, output: 1, variables: { v: 1 }, writes: { k: 2 } }, 9)).toEqual({
      type: 'task.completed',
      ...about,
      output: 1,
      variables: { v: 1 },
      writes: { k: 2 },
    });
    const error = { code: 'AGENT_FAILED', message: 'red' } as const;
    expect(reportedFact(task, { ok: false, error, thrown: false }, 9)).toEqual({ type: 'task.failed', ...about, error, thrown: false });
  });

  it('that is refused where the output is not what the task declares, with the place and without what it would have set', () => {
    const outputSchema = { type: 'object', properties: { findings: { type: 'array', items: { type: 'string' } } }, required: ['findings'] };
    const strict = { ...task, outputSchema };
    expect(reportedFact(strict, { ok: true, output: { findings: ['a'] } }, 9).type).toBe('task.completed');
    expect(reportedFact(strict, { ok: true, output: { findings: ['a', 1] }, writes: { k: 1 } }, 9)).toEqual({
      type: 'validation.failure',
      ...about,
      issues: [{ path: '/findings/1', message: expect.any(String) }],
      output: { findings: ['a', 1] },
    });
  });

  it('that is a failure, and no matter of retrying, where the schema cannot be read', () => {
    expect(reportedFact({ ...task, outputSchema: { type: 'nonsense' } }, { ok: true, output: 1 }, 9)).toMatchObject({
      type: 'task.failed',
      error: { code: 'DEFINITION_INVALID', retryable: false },
    });
  });
});
