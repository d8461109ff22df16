import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Beat, startHeartbeat } from '../../../src/actors/pool/heartbeat.ts';

const DAY = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['answers', () => Promise.resolve(), 'beat.came'],
  ['rejects', () => Promise.reject(new Error('no pulse')), 'beat.missed'],
  ['throws', () => JSON.parse('{'), 'beat.missed'],
] as const)('an agent that %s is asked again an interval later', async (_, beat, told) => {
  const beats: Beat[] = [];
  const end = startHeartbeat({ beat, beatEveryMs: 100 }, (each) => beats.push(each));
  await vi.advanceTimersByTimeAsync(99);
  expect(beats).toEqual([]);
  await vi.advanceTimersByTimeAsync(201);
  expect(beats).toEqual([told, told, told]);
  end();
  await vi.advanceTimersByTimeAsync(DAY);
  expect([beats.length, vi.getTimerCount()]).toEqual([3, 0]);
});

test('one that never answers has missed its beat after as long again, and is not asked meanwhile; what it answers then counts no more', async () => {
  const answers: (() => void)[] = [];
  const beats: Beat[] = [];
  const beat = () => new Promise<void>((resolve) => answers.push(resolve));
  const end = startHeartbeat({ beat, beatEveryMs: 100 }, (each) => beats.push(each));
  await vi.advanceTimersByTimeAsync(200);
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(50);
  expect([answers.length, beats]).toEqual([1, ['beat.missed']]);
  await vi.advanceTimersByTimeAsync(50);
  answers[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect([answers.length, beats]).toEqual([2, ['beat.missed', 'beat.came']]);
  end();
});

test('one that is to be asked never is not asked at once', async () => {
  let asked = 0;
  const beat = async () => {
    asked += 1;
  };
  const end = startHeartbeat({ beat, beatEveryMs: Number.POSITIVE_INFINITY }, () => {});
  await vi.advanceTimersByTimeAsync(DAY);
  expect(asked).toBe(0);
  end();
});
