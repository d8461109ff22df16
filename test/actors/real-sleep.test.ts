import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { realSleep } from '../../src/actors/real-sleep.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('sleeping in real time', () => {
  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 5 * 2 ** 31 + 7])('%d ms are neither more nor less', async (ms) => {
    const { signal } = new AbortController();
    let awake = false;
    const slept = realSleep(ms, signal).then(() => {
      awake = true;
    });
    await vi.advanceTimersByTimeAsync(Math.max(ms - 1, 0));
    if (ms > 0) expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await slept;
    expect([awake, vi.getTimerCount(), getEventListeners(signal, 'abort')]).toEqual([true, 0, []]);
  });

  it('an abort ends it with the reason and leaves neither timer nor listener', async () => {
    const controller = new AbortController();
    const slept = realSleep(1_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    await expect(realSleep(1_000, controller.signal)).rejects.toThrow('enough');
    expect([vi.getTimerCount(), getEventListeners(controller.signal, 'abort')]).toEqual([0, []]);
  });
});
