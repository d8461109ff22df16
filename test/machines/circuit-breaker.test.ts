import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createActor, initialTransition, SimulatedClock, transition } from 'xstate';
import { type BreakerEvent, type BreakerStanding, circuitBreakerMachine } from '../../src/machines/circuit-breaker.ts';
import { BREAKER_SETTINGS, type BreakerSettings, breakerSettings } from '../../src/policy/breaker-window.ts';

const begin = (settings: BreakerSettings = BREAKER_SETTINGS, former: BreakerStanding | null = null, now = 0) =>
  initialTransition(circuitBreakerMachine, { guarded: 'a', settings, former, now })[0];

const told = (events: readonly BreakerEvent[], from = begin()) =>
  events.reduce((now, event) => transition(circuitBreakerMachine, now, event)[0], from);

const failure = (at: number, call = `c${at}`): BreakerEvent => ({ type: 'call.failed', call, at });
const probe = (call: string): BreakerEvent => ({ type: 'call.began', call });
const success = (call: string): BreakerEvent => ({ type: 'call.succeeded', call });
const cooled: BreakerEvent = { type: 'cooling.over' };

const settingsOf = fc.record({
  failures: fc.integer({ min: 1, max: 4 }),
  windowMs: fc.constantFrom(5, 50),
  coolMs: fc.constant(10),
  successes: fc.integer({ min: 1, max: 3 }),
});

interface Model {
  readonly state: string;
  readonly failures: readonly number[];
  readonly successes: number;
  readonly probe: string | null;
}

const CLOSED: Model = { state: 'closed', failures: [], successes: 0, probe: null };

/** The same breaker, written down without a statechart: by its state, what each thing it is told makes of it. */
const RULES: Readonly<Record<string, (now: Model, event: BreakerEvent, settings: BreakerSettings) => Model>> = {
  closed(now, event, { windowMs, failures: most }) {
    if (event.type !== 'call.failed') return now;
    const failures = [...now.failures, event.at].filter((at) => at > event.at - windowMs);
    return { ...now, failures, state: failures.length >= most ? 'open' : 'closed' };
  },
  open: (now, event) => (event.type === 'cooling.over' ? { ...now, state: 'awaitingProbe', successes: 0 } : now),
  awaitingProbe: (now, event) => (event.type === 'call.began' ? { ...now, state: 'probing', probe: event.call } : now),
  probing(now, event, { successes: most }) {
    if (!('call' in event) || event.call !== now.probe) return now;
    if (event.type === 'call.failed') return { ...now, state: 'open', probe: null };
    if (event.type === 'call.left') return { ...now, state: 'awaitingProbe', probe: null };
    if (event.type !== 'call.succeeded') return now;
    return now.successes + 1 >= most ? CLOSED : { ...now, state: 'awaitingProbe', successes: now.successes + 1, probe: null };
  },
};

const model = (settings: BreakerSettings, events: readonly BreakerEvent[]) =>
  events.reduce((now, event) => (event.type === 'breaker.reset' ? CLOSED : (RULES[now.state]?.(now, event, settings) ?? now)), CLOSED)
    .state;

/** What may be told, in an order of time. */
const stories = fc
  .array(
    fc.tuple(
      fc.constantFrom('call.began', 'call.succeeded', 'call.failed', 'call.left', 'cooling.over', 'breaker.reset'),
      fc.constantFrom('x', 'y', 'z'),
      fc.nat({ max: 9 }),
    ),
    { maxLength: 40 },
  )
  .map((told) => {
    let at = 0;
    return told.map(([type, call, later]) => {
      at += later;
      return { type, call, at } as BreakerEvent;
    });
  });

describe('a circuit breaker', () => {
  test('opens at the fifth failure of its window, is half-open after its rest, and closed after two probes', () => {
    expect(told([1, 2, 3, 4].map((at) => failure(at))).value).toBe('closed');
    expect(told([1, 2, 3, 4, 5].map((at) => failure(at))).value).toBe('open');
    expect(told([1, 2, 3, 4, BREAKER_SETTINGS.windowMs + 1].map((at) => failure(at))).value).toBe('closed');
    const open = told([1, 2, 3, 4, 5].map((at) => failure(at)));
    expect(told([cooled, probe('p'), success('p')], open).value).toBe('awaitingProbe');
    expect(told([cooled, probe('p'), success('p'), probe('q'), success('q')], open)).toMatchObject({
      value: 'closed',
      context: { failures: [] },
    });
    expect(told([cooled, probe('p'), success('p'), probe('q'), failure(9, 'q')], open)).toMatchObject({
      value: 'open',
      context: { openedAt: 9, successes: 0 },
    });
  });

  test('follows its model, whatever it is told', () => {
    fc.assert(
      fc.property(settingsOf, stories, (settings, story) => {
        expect(told(story, begin(settings)).value).toBe(model(settings, story));
      }),
      { numRuns: 500 },
    );
  });

  test('has one probe under way at most, and nothing from before counts', () => {
    const open = told([1, 2, 3, 4, 5].map((at) => failure(at)));
    const probing = told([cooled, probe('p')], open);
    expect(told([probe('q'), success('q'), failure(9, 'old'), { type: 'call.left', call: 'old' }], probing)).toEqual(probing);
  });

  test('rests until the moment it would have rested to, wherever it was begun anew', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), (passed) => {
        const clock = new SimulatedClock();
        const former: BreakerStanding = { state: 'open', failures: [1], openedAt: 1_000, successes: 0 };
        const input = { guarded: 'a', settings: BREAKER_SETTINGS, former, now: 1_000 + passed };
        const actor = createActor(circuitBreakerMachine, { input, clock });
        actor.start();
        const left = Math.max(0, BREAKER_SETTINGS.coolMs - passed);
        if (left > 0) {
          clock.increment(left - 1);
          expect(actor.getSnapshot().value).toBe('open');
        }
        clock.increment(1);
        expect(actor.getSnapshot().value).toBe('awaitingProbe');
        actor.stop();
      }),
    );
  });

  test('that a person has reset rests no longer, and opens and rests anew', () => {
    const clock = new SimulatedClock();
    const actor = createActor(circuitBreakerMachine, {
      input: { guarded: 'a', settings: breakerSettings({ failures: 1, coolMs: 100 }), former: null, now: 0 },
      clock,
    });
    actor.start();
    actor.send(failure(0));
    clock.increment(60);
    actor.send({ type: 'breaker.reset' });
    actor.send(failure(60));
    clock.increment(60);
    expect(actor.getSnapshot().value).toBe('open');
    clock.increment(40);
    expect(actor.getSnapshot().value).toBe('awaitingProbe');
    actor.stop();
  });

  test.each([{ failures: 0 }, { coolMs: -1 }, { windowMs: 0.5 }, { successes: Number.NaN }])('is refused with %o', (given) => {
    expect(() => breakerSettings(given)).toThrow(/must be a whole number/);
  });
});
