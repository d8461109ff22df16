import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlarmQueue } from '../../src/runtime/alarm-queue.ts';
import { wallTime } from '../../src/runtime/host-time.ts';
import { StepClock } from '../../src/runtime/step-clock.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';

const NEVER = 2 ** 40;

/** What is done to a queue: alarms are set, called off (by number), and those due are taken out. */
const deeds = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), due: fc.nat({ max: 20 }) }),
    fc.record({ do: fc.constant('off' as const), which: fc.nat({ max: 40 }) }),
    fc.record({ do: fc.constant('take' as const) }),
  ),
  { maxLength: 120 },
);

describe('a queue of alarms', () => {
  it('gives them in due order, ties in the order of setting; what is off never rings; empty places never outnumber alarms', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        const queue = new AlarmQueue();
        const rung: number[] = [];
        const alarms: { readonly due: number; readonly id: number; readonly off: () => void }[] = [];
        let living: typeof alarms = [];
        const first = () => [...living].sort((a, b) => a.due - b.due || a.id - b.id)[0];
        for (const deed of all) {
          if (deed.do === 'set') {
            const id = alarms.length;
            const alarm = queue.set(deed.due, () => rung.push(id));
            const entry = { due: deed.due, id, off: () => queue.off(alarm) };
            alarms.push(entry);
            living.push(entry);
          } else if (deed.do === 'off') {
            alarms[deed.which]?.off();
            living = living.filter(({ id }) => id !== deed.which);
          } else {
            const next = first();
            queue.take()?.();
            if (next !== undefined) expect(rung.at(-1)).toBe(next.id);
            living = living.filter(({ id }) => id !== next?.id);
          }
          expect(queue.size).toBe(living.length);
          expect(queue.nextDue()).toBe(first()?.due ?? null);
          expect(queue.places).toBeLessThanOrEqual(2 * living.length);
        }
        expect(new Set(rung).size).toBe(rung.length);
      }),
    );
  });

  it('takes room for its alarms, not for those called off', () => {
    const queue = new AlarmQueue();
    const kept = Array.from({ length: 10 }, (_, n) => queue.set(n, () => {}));
    for (let n = 0; n < 10_000; n++) queue.off(queue.set(NEVER, () => {}));
    const all = Array.from({ length: 10_000 }, () => queue.set(NEVER, () => {}));
    for (const alarm of all) queue.off(alarm);
    expect(queue.size).toBe(kept.length);
    expect(queue.places).toBeLessThanOrEqual(2 * kept.length);
  });
});

describe('what an alarm would have woken', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  /** A call that holds a whole run, and whether the run is still held. */
  function holder(): { readonly ring: () => void; readonly run: WeakRef<object> } {
    const run = { id: 'a whole run' };
    return { ring: () => void run.id, run: new WeakRef(run) };
  }

  const stepClock = new StepClock(0);
  const virtual = new VirtualTime();
  const wall = wallTime(() => 0);
  const clocks: [string, (ring: () => void) => () => void][] = [
    [
      'the step clock',
      (ring) => {
        const id = stepClock.setTimeout(ring, NEVER);
        return () => stepClock.clearTimeout(id);
      },
    ],
    ['virtual time', (ring) => virtual.alarm(NEVER, ring)],
    ['the wall clock', (ring) => wall.alarm(NEVER, ring)],
  ];

  it.each(clocks)('is let go by %s as soon as the alarm is called off, while others still wait', async (_, set) => {
    const others = [1, 2, 3].map(() => set(() => {}));
    const callOff = (): { readonly off: () => void; readonly run: WeakRef<object> } => {
      const { ring, run } = holder();
      return { off: set(ring), run };
    };
    const { off, run } = callOff();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(run.deref()).toBeDefined();
    off();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(run.deref()).toBeUndefined();
    for (const other of others) other();
  });
});

describe('the step clock', () => {
  it('fires armed timers at their own due times, in due order, ties in the order of arming, timers armed by timers included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.boolean()), { maxLength: 30 }),
        fc.nat({ max: 20 }),
        (all, until) => {
          const clock = new StepClock(0);
          const fired: [due: number, order: number][] = [];
          const expected: [due: number, order: number][] = [];
          let armed = 0;
          const arm = (ms: number, disarmed: boolean, then: () => void) => {
            const due = clock.now() + ms;
            const order = ++armed;
            if (!disarmed && due <= until) expected.push([due, order]);
            const id = clock.setTimeout(() => {
              expect(clock.now()).toBe(due);
              fired.push([due, order]);
              then();
            }, ms);
            if (disarmed) clock.clearTimeout(id);
          };
          for (const [ms, more, disarmed] of all) arm(ms, disarmed, () => arm(more, false, () => {}));
          clock.advanceTo(until);
          expect(fired).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
          expect(clock.now()).toBe(until);
          expect(clock.nextDue() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(until);
        },
      ),
    );
  });
});
