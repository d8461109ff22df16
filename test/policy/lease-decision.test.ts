import { describe, expect, test } from 'vitest';
import { decideLease, type LeaseRequest } from '../../src/policy/lease-decision.ts';
import { hasAged, isOlder } from '../../src/policy/lease-turn.ts';
import type { NamedLock } from '../../src/policy/resource-locks.ts';
import { AGEING_MS } from '../../src/policy/task-order.ts';
import { asking, standing } from './resource-books.ts';

const alone = (name: string): NamedLock => ({ name, mode: 'exclusive' });
const beside = (name: string): NamedLock => ({ name, mode: 'shared' });
const memory = (memoryMb: number) => ({ amounts: { memoryMb } });
const verdict = (...given: Parameters<typeof decideLease>) => decideLease(...given).verdict;

describe('a request for resources', () => {
  test('is granted what there is, waits for what others hold, and never gets more than the limit', () => {
    const house = { house: { memoryMb: 100 } };
    expect(decideLease(standing(house), asking('a', memory(100)))).toEqual({ verdict: 'grant' });
    expect(decideLease(standing(house, [asking('a', memory(60))]), asking('b', memory(50)))).toEqual({
      verdict: 'wait',
      why: { kind: 'memoryMb', account: 'house', needed: 50, free: 40, limit: 100, until: null },
      until: null,
    });
    expect(decideLease(standing(house), asking('a', memory(101)))).toMatchObject({ verdict: 'never', why: { free: 100, needed: 101 } });
  });

  test('is limited by every account on its way, and only by those', () => {
    const limits = { house: { tokens: 100 }, run: { tokens: 30 }, other: { tokens: 5 } };
    const inRun = (lease: string, tokens: number) => asking(lease, { accounts: ['house', 'run'], amounts: { tokens } });
    expect(verdict(standing(limits), inRun('a', 30))).toBe('grant');
    expect(decideLease(standing(limits), inRun('a', 31))).toMatchObject({ verdict: 'never', why: { account: 'run' } });
    expect(verdict(standing(limits, [asking('x', { amounts: { tokens: 80 } })]), inRun('a', 30))).toBe('wait');
  });

  test('of tokens that are spent is never granted; of tokens that are reserved it waits', () => {
    const house = { house: { tokens: 100 } };
    const tokens = (n: number) => ({ amounts: { tokens: n } });
    expect(verdict(standing(house, [asking('a', tokens(60))]), asking('b', tokens(50)))).toBe('wait');
    const spent = standing(house, [], { settled: [[asking('a', tokens(60)), 60, 0]] });
    expect(decideLease(spent, asking('b', tokens(50)))).toMatchObject({ verdict: 'never', why: { kind: 'tokens', free: 40 } });
  });

  test('of tokens per minute waits until a minute no longer contains enough of them', () => {
    const house = { house: { tokensPerMinute: 100 } };
    const call = (lease: string, rate: number) => asking(lease, { amounts: { tokens: rate }, rate });
    const now = standing(house, [], {
      now: 30_000,
      settled: [
        [call('a', 50), 50, 10_000],
        [call('b', 40), 40, 20_000],
      ],
    });
    expect(verdict(now, call('c', 10))).toBe('grant');
    expect(decideLease(now, call('c', 60))).toMatchObject({ verdict: 'wait', until: 70_000, why: { kind: 'tokensPerMinute', free: 10 } });
    expect(decideLease(now, call('c', 70))).toMatchObject({ verdict: 'wait', until: 80_000 });
    expect(decideLease(standing(house, [call('a', 50)]), call('c', 60))).toMatchObject({ verdict: 'wait', until: null });
  });

  test('whose time runs out before enough is free is told so at once', () => {
    const call = (lease: string, latestStart: number | null) =>
      asking(lease, { amounts: { tokens: 100 }, rate: 100, turn: { priority: 'low', since: 0, latestStart, place: 1 } });
    const now = standing({ house: { tokensPerMinute: 100 } }, [], { settled: [[call('a', null), 100, 0]] });
    expect(verdict(now, call('b', 60_000))).toBe('wait');
    expect(decideLease(now, call('b', 59_999))).toEqual({
      verdict: 'never',
      why: { kind: 'deadline', latestStart: 59_999, until: 60_000 },
    });
    expect(verdict(standing({}, [], { now: 5 }), call('b', 4))).toBe('never');
  });

  test('shares a lock with those who share it and with nobody else', () => {
    const held = (...locks: NamedLock[]) => standing({}, [asking('a', { locks })]);
    expect(verdict(held(beside('x')), asking('b', { locks: [beside('x')] }))).toBe('grant');
    expect(verdict(held(beside('x')), asking('b', { locks: [alone('x')] }))).toBe('wait');
    expect(verdict(held(alone('x')), asking('b', { locks: [beside('x')] }))).toBe('wait');
    expect(verdict(held(alone('x')), asking('b', { locks: [alone('y')] }))).toBe('grant');
    expect(decideLease(held(alone('x'), alone('y')), asking('b', { locks: [alone('y'), alone('x')] }))).toMatchObject({
      why: { kind: 'lock', lock: 'x', holders: ['a'] },
    });
  });
});

describe('whoever holds something and asks for more', () => {
  const holding = (lease: string, at: number, more: Partial<LeaseRequest>) => asking(`${lease}1`, { owner: lease, at, ...more });
  const more = (lease: string, at: number, wish: Partial<LeaseRequest>) => asking(`${lease}2`, { owner: lease, at, ...wish });
  const both = standing({}, [holding('old', 1, { locks: [alone('x')] }), holding('young', 2, { locks: [alone('y')] })]);

  test('waits for those who are younger, and is refused in front of those who are older', () => {
    expect(verdict(both, more('old', 1, { locks: [alone('y')] }))).toBe('wait');
    expect(verdict(both, more('young', 2, { locks: [alone('x')] }))).toBe('die');
  });

  test('is never in its own way', () => {
    expect(verdict(both, more('old', 1, { locks: [alone('x')] }))).toBe('grant');
    const sharing = standing({}, [holding('old', 1, { locks: [beside('x')] }), holding('young', 2, { locks: [beside('x')] })]);
    expect(verdict(sharing, more('old', 1, { locks: [alone('x')] }))).toBe('wait');
    expect(verdict(sharing, more('young', 2, { locks: [alone('x')] }))).toBe('die');
  });

  test('does not wait for what only it could give back', () => {
    const full = standing({ house: { memoryMb: 100 } }, [holding('old', 1, memory(60))]);
    expect(verdict(full, more('old', 1, memory(40)))).toBe('grant');
    expect(decideLease(full, more('old', 1, memory(50)))).toMatchObject({ verdict: 'die', isOwn: true });
  });
});

describe('who has waited long', () => {
  const patient = asking('patient', { at: 0, amounts: { memoryMb: 60 }, locks: [alone('x')] });
  const house = { house: { memoryMb: 100, cpu: 4 } };
  const busy = standing(house, [asking('a', { amounts: { memoryMb: 30 }, locks: [alone('x')] })]);

  test('is not passed by those who would take what it asks for, though it is free', () => {
    expect(verdict(busy, asking('late', { at: 9, ...memory(41) }))).toBe('grant');
    expect(decideLease(busy, asking('late', { at: 9, ...memory(41) }), [patient])).toMatchObject({
      verdict: 'wait',
      why: { kind: 'turn', behind: 'patient' },
    });
    expect(verdict(busy, asking('late', { at: 9, locks: [beside('x')] }), [patient])).toBe('wait');
  });

  test('is passed by what leaves it what it needs', () => {
    expect(verdict(busy, asking('late', { at: 9, ...memory(10) }), [patient])).toBe('grant');
    expect(verdict(busy, asking('late', { at: 9, amounts: { cpu: 4 }, locks: [alone('y')] }), [patient])).toBe('grant');
  });

  test('is passed by holders that are older; holders that are younger are refused, so that it does not wait for them', () => {
    const older = { ...asking('b2', memory(70)), owner: 'a', turn: { ...patient.turn, since: -1 } };
    expect(verdict(busy, older, [patient])).toBe('grant');
    expect(verdict(busy, { ...older, turn: { ...patient.turn, since: 1 } }, [patient])).toBe('die');
  });

  test('has aged once nobody new can have its turn before it', () => {
    const turn = { priority: 'low', since: 0, latestStart: null, place: 1 } as const;
    expect(hasAged(turn, 4 * AGEING_MS - 1)).toBe(false);
    expect(hasAged(turn, 4 * AGEING_MS)).toBe(true);
    expect(isOlder(turn, { ...turn, place: 2 })).toBe(true);
    expect(isOlder(turn, turn)).toBe(false);
  });
});
