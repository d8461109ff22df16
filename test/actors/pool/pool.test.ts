import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startBreaker } from '../../../src/actors/pool/breaker.ts';
import { Member } from '../../../src/actors/pool/member.ts';
import { Pool } from '../../../src/actors/pool/pool.ts';
import type { AgentWish } from '../../../src/policy/agent-match.ts';
import { NEW_AGENT } from '../../../src/policy/agent-score.ts';
import { breakerSettings } from '../../../src/policy/breaker-window.ts';
import type { Agent } from '../../../src/protocol/agent.ts';

const agentOf = (id: string, more: Partial<Agent> = {}): Agent => ({ id, perform: async () => ({ ok: true, output: null }), ...more });
const anybody: AgentWish = { capabilities: [], preferred: null, former: null };

const CAN = ['code', 'review', 'deploy'];
const records = fc.record({
  completed: fc.nat({ max: 9 }),
  failed: fc.nat({ max: 9 }),
  averageMs: fc.option(fc.nat({ max: 9_999 })),
  lastCompletedAt: fc.option(fc.nat({ max: 9_999_999 })),
});
const crews = fc.array(
  fc.record({ record: records, capabilities: fc.subarray(CAN), capacity: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY) }),
  {
    minLength: 1,
    maxLength: 8,
  },
);
const wishes: fc.Arbitrary<AgentWish> = fc.record({
  capabilities: fc.subarray(CAN),
  preferred: fc.option(fc.constantFrom('a0', 'a1', 'a2')),
  former: fc.option(fc.constantFrom('a0', 'a1', 'a2')),
});

function poolOf(crew: readonly { record: typeof NEW_AGENT; capabilities: readonly string[]; capacity: number }[], now: () => number): Pool {
  const pool = new Pool('persona "p"');
  for (const [place, { record, ...more }] of crew.entries()) {
    pool.add(new Member({ agent: agentOf(`a${place}`, more), actor: null, breaker: null, record, now }));
  }
  return pool;
}

/** Gives one task after the other to the pool, some of which end in between. */
function served(crew: Parameters<typeof poolOf>[0], tasks: readonly [AgentWish, number, boolean][]): void {
  let now = 0;
  const pool = poolOf(crew, () => now);
  const hands: { key: string; member: Member }[] = [];
  for (const [place, [wish, later, ends]] of tasks.entries()) {
    now += later;
    const ended = ends ? hands.shift() : undefined;
    if (ended !== undefined) expect(ended.member.release(ended.key, 'completed')).toBe(true);
    const { ranked, refused } = pool.match(wish, now);
    const answer = pool.choose(wish, now);
    expect(answer.kind === 'found' ? answer.member.id : null).toBe(ranked[0]?.id ?? null);
    expect(answer.kind === 'never').toBe(refused.length === crew.length && refused.every(({ kind }) => kind === 'unfit'));
    if (answer.kind !== 'found') continue;
    answer.member.reserve(`t${place}`);
    hands.push({ key: `t${place}`, member: answer.member });
    expect(answer.member.inFlight).toBeLessThanOrEqual(answer.member.capacity);
  }
}

describe('a pool', () => {
  test('gives each task to whom matching ranks first, and no agent more than it may have', () => {
    fc.assert(fc.property(crews, fc.array(fc.tuple(wishes, fc.nat({ max: 1_000_000 }), fc.boolean()), { maxLength: 20 }), served));
  });

  test('takes the end of each task in once', () => {
    const member = new Member({ agent: agentOf('a', { capacity: 1 }), actor: null, breaker: null, now: () => 7 });
    member.reserve('t');
    expect([member.release('t', 'completed'), member.release('t', 'failed'), member.release('u', 'failed')]).toEqual([true, false, false]);
    expect(member.record).toEqual({ ...NEW_AGENT, completed: 1, averageMs: 0, lastCompletedAt: 7 });
  });

  test('learns nothing about an agent from a task that was taken away', () => {
    const member = new Member({ agent: agentOf('a'), actor: null, breaker: null, now: () => 7 });
    member.reserve('t');
    member.release('t', 'left');
    expect(member.record).toEqual(NEW_AGENT);
  });

  test('gives nothing to whom a circuit breaker stands before, says why, and tries again with one task', async () => {
    const rests: (() => void)[] = [];
    let moved = 0;
    const breaker = startBreaker('a', breakerSettings({ failures: 2, successes: 1 }), null, {
      now: () => 0,
      sleep: () => new Promise<void>((resolve) => rests.push(resolve)),
      moved: () => {
        moved += 1;
        member.moved();
      },
    });
    const pool = new Pool('persona "p"');
    const member = new Member({ agent: agentOf('a'), actor: null, breaker, now: () => 0 });
    pool.add(member);
    for (const key of ['t', 'u']) {
      member.reserve(key);
      member.release(key, 'broke');
    }
    expect([pool.choose(anybody, 0).kind, pool.waitsFor(anybody)]).toEqual(['later', 'a: it keeps failing: its circuit breaker is open']);
    rests.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect([pool.choose(anybody, 0).kind, moved]).toEqual(['found', 2]);
    member.reserve('v');
    expect([pool.choose(anybody, 0).kind, breaker.standing().state]).toEqual(['later', 'halfOpen']);
    member.release('v', 'left');
    expect(pool.choose(anybody, 0).kind).toBe('found');
    member.reserve('w');
    member.release('w', 'completed');
    expect(breaker.standing()).toMatchObject({ state: 'closed', failures: [] });
    breaker.stop();
  });
});
