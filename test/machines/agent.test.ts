import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor, fromPromise } from 'xstate';
import { type AgentEvent, agentMachine } from '../../src/machines/agent.ts';

function watch(release: () => Promise<void> = () => Promise.resolve()) {
  let released = 0;
  const releaseAgent = fromPromise<void>(() => {
    released += 1;
    return release();
  });
  const actor = createActor(agentMachine.provide({ actors: { releaseAgent } }), {
    id: 'a',
    input: { agent: 'a', closeGraceMs: 60_000, releaseGraceMs: 60_000 },
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
});
