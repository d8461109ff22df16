import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, SimulatedClock } from 'xstate';
import { type AgentEvent, agentMachine } from '../../src/machines/agent.ts';
import { RESTART_INTENSITY } from '../../src/policy/restart-intensity.ts';

function watch(release: () => Promise<void> = () => Promise.resolve()) {
  let released = 0;
  const releaseAgent = fromPromise<void>(() => {
    released += 1;
    return release();
  });
  const actor = createActor(agentMachine.provide({ actors: { releaseAgent } }), {
    id: 'a',
    input: {
      agent: 'a',
      needsStart: false,
      startGraceMs: 60_000,
      closeGraceMs: 60_000,
      releaseGraceMs: 60_000,
      maxMissed: 2,
      intensity: RESTART_INTENSITY,
    },
  });
  actor.subscribe({ error: () => {} });
  actor.start();
  return { actor, released: () => released };
}

const assigned = (count: number): AgentEvent => ({ type: 'task.assigned', count });
const settled = (count: number): AgentEvent => ({ type: 'task.settled', count });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the statechart of an agent', () => {
  it('is busy exactly while tasks are in flight, in whatever portions the news comes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 }))), (news) => {
        const { actor } = watch();
        let open = 0;
        for (const [more, count] of news) {
          const change = more ? count : -Math.min(count, open);
          open += change;
          if (change !== 0) actor.send(change > 0 ? assigned(change) : settled(-change));
          const { value, context } = actor.getSnapshot();
          expect([value, context.inFlight]).toEqual([open > 0 ? 'busy' : 'idle', open]);
        }
        actor.stop();
      }),
    );
  });

  it('is released once, after its last task, and is closed then, whatever comes in between', async () => {
    const event = fc.constantFrom<AgentEvent>(assigned(1), settled(1), { type: 'agent.close' });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 10 }), async (events) => {
        const { actor, released } = watch();
        for (const each of events) actor.send(each);
        actor.send({ type: 'agent.close' });
        const { inFlight } = actor.getSnapshot().context;
        if (inFlight > 0 && actor.getSnapshot().matches('closing')) {
          expect(released()).toBe(0);
          actor.send(settled(inFlight));
        }
        await turn();
        expect([released(), actor.getSnapshot().value]).toEqual([1, 'closed']);
      }),
    );
  });

  it('a cancel releases it whatever is in flight, and a second one does not wait for the release', async () => {
    const { actor, released } = watch(() => new Promise(() => {}));
    actor.send(assigned(3));
    actor.send({ type: 'cancel' });
    expect([released(), actor.getSnapshot().value]).toEqual([1, 'releasing']);
    actor.send({ type: 'cancel' });
    expect([released(), actor.getSnapshot().value]).toEqual([1, 'closed']);
  });

  it('a release that fails is remembered and closes it all the same', async () => {
    const { actor } = watch(() => Promise.reject(new Error('stuck')));
    actor.send({ type: 'agent.close' });
    await turn();
    expect(actor.getSnapshot()).toMatchObject({ value: 'closed', context: { releaseError: 'stuck' } });
  });

  const tended = (starts: readonly (boolean | 'never')[]) => {
    const clock = new SimulatedClock();
    let started = 0;
    let lost = 0;
    let escalated = 0;
    const startAgent = fromPromise<void>(() => {
      started += 1;
      if (starts[started - 1] === 'never') return new Promise(() => {});
      return starts[started - 1] === false ? Promise.reject(new Error('no key')) : Promise.resolve();
    });
    const releaseAgent = fromPromise<void>(() => Promise.resolve());
    const actions = {
      loseTasks: () => {
        lost += 1;
      },
      escalate: () => {
        escalated += 1;
      },
    };
    const actor = createActor(agentMachine.provide({ actors: { startAgent, releaseAgent }, actions }), {
      id: 'a',
      input: {
        agent: 'a',
        needsStart: true,
        startGraceMs: 60_000,
        closeGraceMs: 60_000,
        releaseGraceMs: 60_000,
        maxMissed: 2,
        intensity: RESTART_INTENSITY,
      },
      clock,
    });
    actor.subscribe({ error: () => {} });
    actor.start();
    const rest = async () => {
      await turn();
      clock.increment(RESTART_INTENSITY.delayMs);
      await turn();
    };
    return { actor, clock, rest, seen: () => [started, lost, escalated] };
  };

  it('is started again as often as its intensity says, then stays away until a person wants it back', async () => {
    const { actor, rest, seen } = tended([false, false, false, false, true]);
    for (let times = 0; times < 9; times++) await rest();
    expect([actor.getSnapshot().value, actor.getSnapshot().context.startError, ...seen()]).toEqual(['offline', 'no key', 4, 0, 1]);
    actor.send({ type: 'agent.start' });
    await turn();
    expect([actor.getSnapshot().value, ...seen()]).toEqual(['idle', 5, 0, 1]);
    actor.stop();
  });

  it('whose start does not end is released and started again, and says so; what comes of the first start counts no more', async () => {
    const { actor, clock, rest, seen } = tended(['never', true]);
    clock.increment(59_999);
    expect(actor.getSnapshot().value).toBe('starting');
    clock.increment(1);
    await turn();
    expect([actor.getSnapshot().value, actor.getSnapshot().context.startError]).toEqual(['resting', 'it was not ready within 1m']);
    await rest();
    expect([actor.getSnapshot().value, ...seen()]).toEqual(['idle', 2, 0, 0]);
    actor.stop();
  });

  it('that misses its beats loses what it has in hand and is started again; health makes up for that', async () => {
    const { actor, clock, rest, seen } = tended([]);
    await turn();
    actor.send(assigned(2));
    actor.send({ type: 'beat.missed' });
    actor.send({ type: 'beat.came' });
    actor.send({ type: 'beat.missed' });
    expect(actor.getSnapshot().value).toBe('busy');
    actor.send({ type: 'beat.missed' });
    expect(actor.getSnapshot().value).toBe('recovering');
    actor.send(settled(2));
    await rest();
    expect([actor.getSnapshot().value, actor.getSnapshot().context.restarts, ...seen()]).toEqual(['idle', 1, 2, 1, 0]);
    clock.increment(RESTART_INTENSITY.windowMs);
    expect(actor.getSnapshot().context.restarts).toBe(0);
    actor.stop();
  });

  it('drains: finishes what it has, takes tasks again when it is told to', () => {
    const { actor } = watch();
    actor.send(assigned(2));
    actor.send({ type: 'agent.drain', reason: 'new prompts' });
    expect(actor.getSnapshot()).toMatchObject({ value: 'draining', context: { drainReason: 'new prompts' } });
    actor.send(settled(2));
    expect(actor.getSnapshot().value).toBe('maintenance');
    actor.send({ type: 'agent.resume' });
    expect(actor.getSnapshot()).toMatchObject({ value: 'idle', context: { drainReason: null } });
    actor.stop();
  });
});
