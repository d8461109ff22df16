import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedCapabilities,
  type HouseView,
  judgeTask,
  maxConcurrent,
  type PolicyTask,
  type PolicyVerdict,
  type TaskPolicy,
  timeoutBounds,
} from '../../src/policy/task-policy.ts';

const task = (more: Partial<PolicyTask> = {}): PolicyTask => ({
  run: 'r',
  step: 's',
  type: 'persona-request',
  persona: 'coder',
  params: {},
  timeoutMs: 1_000,
  ...more,
});
const house = (inFlight: number, of: Record<string, number> = {}): HouseView => ({ inFlight, inFlightOf: (kind) => of[kind] ?? 0 });

const verdicts: fc.Arbitrary<PolicyVerdict> = fc.oneof(
  fc.constant({ kind: 'allow' as const }),
  fc.record({ kind: fc.constantFrom('wait' as const, 'deny' as const), why: fc.string() }),
);

describe('policies', () => {
  test('the first denial wins; where nobody denies, the first that makes it wait', () => {
    fc.assert(
      fc.property(fc.array(verdicts, { maxLength: 6 }), (given) => {
        const policies = given.map((verdict, place): TaskPolicy => ({ name: `p${place}`, judge: () => verdict }));
        const denial = given.findIndex(({ kind }) => kind === 'deny');
        const wait = given.findIndex(({ kind }) => kind === 'wait');
        const decisive = denial >= 0 ? denial : wait;
        expect(judgeTask(policies, task(), house(0))).toEqual(
          decisive < 0
            ? { verdict: { kind: 'allow' }, policy: null }
            : { verdict: given[decisive], policy: expect.objectContaining({ name: `p${decisive}` }) },
        );
      }),
    );
  });

  test('a limit that lets nobody begin, ever, is refused', () => {
    for (const most of [0, -1, Number.NaN]) {
      expect(() => maxConcurrent(most)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
      expect(() => maxConcurrent(5, { coder: most })).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
    }
  });

  test('one that throws denies', () => {
    const broken: TaskPolicy = {
      name: 'mine',
      judge() {
        throw new Error('no idea');
      },
    };
    expect(judgeTask([broken], task(), house(0))).toEqual({
      verdict: { kind: 'deny', why: 'it could not be judged: no idea' },
      policy: broken,
    });
  });

  test.each([
    [maxConcurrent(), task(), house(4), 'allow'],
    [maxConcurrent(), task(), house(5), 'wait'],
    [maxConcurrent(9, { coder: 1 }), task(), house(1, { coder: 1 }), 'wait'],
    [maxConcurrent(9, { coder: 1 }), task({ persona: null, type: 'coder' }), house(1, { coder: 1 }), 'wait'],
    [maxConcurrent(9, { coder: 1 }), task({ persona: 'tester' }), house(1, { coder: 1 }), 'allow'],
    [timeoutBounds({ least: 500 }), task({ timeoutMs: null }), house(0), 'allow'],
    [timeoutBounds({ least: 5_000 }), task(), house(0), 'deny'],
    [timeoutBounds({ most: 500 }), task(), house(0), 'deny'],
    [timeoutBounds({ most: 5_000 }), task({ timeoutMs: null }), house(0), 'deny'],
    [timeoutBounds({ most: 1_000 }), task(), house(0), 'allow'],
    [allowedCapabilities(['code']), task({ needs: { capabilities: ['code'] } }), house(0), 'allow'],
    [allowedCapabilities(['code']), task({ needs: { capabilities: ['code', 'deploy'] } }), house(0), 'deny'],
    [allowedCapabilities([]), task(), house(0), 'allow'],
  ] as const)('%#: %o', (policy, given, view, kind) => {
    expect(policy.judge(given, view).kind).toBe(kind);
  });
});
