import { describe, expect, test } from 'vitest';
import { createRuntime, type RuntimeOptions, type TaskPolicy } from '../../src/index.ts';
import { judgeTask } from '../../src/policy/task-policy.ts';
import { aTask } from '../actors/work.ts';

describe('what cannot be meant is refused before anything begins', () => {
  test.each<[string, unknown]>([
    ['a limit that is no number', { limits: { tokens: Number.NaN } }],
    ['a limit below nothing', { limits: { memoryMb: -1 } }],
    ['a limit of nothing that there is', { limits: { token: 5 } }],
    ['a circuit breaker that opens by nothing', { breakers: { failures: -1 } }],
    ['a circuit breaker that cools for no time', { breakers: { coolMs: Number.NaN } }],
    ['a word that is none', { whenAway: 'never' }],
    ['policies that are no list', { policies: { name: 'x', judge() {} } }],
    ['a policy that judges nothing', { policies: [{ name: 'x' }] }],
    ['no place at all', { maxConcurrentTasks: 0 }],
  ])('%s', async (_, options) => {
    await expect(createRuntime(options as RuntimeOptions)).rejects.toMatchObject({ code: expect.stringMatching(/INVALID$/u) });
  });
});

test('a policy that gives no verdict denies', () => {
  for (const said of [undefined, null, 5, { kind: 'maybe' }]) {
    const policy = { name: 'odd', judge: () => said } as unknown as TaskPolicy;
    expect(judgeTask([policy], aTask(), { inFlight: 0, inFlightOf: () => 0 })).toMatchObject({
      policy: { name: 'odd' },
      verdict: { kind: 'deny' },
    });
  }
});
