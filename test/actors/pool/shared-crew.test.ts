import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCrew } from '../../../src/actors/crews/crew.ts';
import type { Agent } from '../../../src/protocol/agent.ts';
import { DONE, setStage } from '../stage.ts';
import { aTask } from '../work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A world of two houses that share an agent of this capacity. */
function twoHouses(capacity: number) {
  const atWork = new Map<string, { end: () => void; break: () => void }>();
  const open = new Set<string>();
  const agent: Agent = {
    id: 'ann',
    capacity,
    perform: ({ key }) =>
      new Promise((resolve, reject) => {
        atWork.set(key, { end: () => resolve(DONE), break: () => reject(new Error('broke')) });
        expect(atWork.size).toBeLessThanOrEqual(capacity);
      }),
  };
  const crew = createCrew({ personas: { worker: agent } });
  const houses = [setStage({ crew, maxConcurrentTasks: 9 }), setStage({ crew, maxConcurrentTasks: 9 })].map(({ dispatcher }) => dispatcher);
  const end = (key: string, how: 'end' | 'break'): void => {
    const work = atWork.get(key);
    atWork.delete(key);
    open.delete(key);
    work?.[how]();
  };
  return {
    atWork,
    open,
    houses,
    end,
    inHand: () => crew.actorOf(agent)?.inHand(),
    start(house: number, key: string) {
      open.add(key);
      houses[house]?.start(aTask({ run: `r${house}`, key, persona: 'worker' }));
    },
    /** Ends the oldest task of a house, if it is at work, or takes it away. */
    close(house: number, how: 'end' | 'break' | 'cancel') {
      const [oldest] = [...open].filter((key) => key.startsWith(`r${house}`));
      if (oldest === undefined || (how !== 'cancel' && !atWork.has(oldest))) return;
      if (how === 'cancel') houses[house]?.cancel(oldest, 'no');
      end(oldest, how === 'break' ? 'break' : 'end');
    },
  };
}

test('an agent of two houses has no more in hand than it may, and none of them waits while it has room, however tasks end', async () => {
  const told = fc.record({ house: fc.nat({ max: 1 }), does: fc.constantFrom('start', 'end', 'break', 'cancel') });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(told, { maxLength: 40 }), async (capacity, moves) => {
      const { atWork, open, houses, start, end, close, inHand } = twoHouses(capacity);
      for (const [at, { house, does }] of moves.entries()) {
        if (does === 'start') start(house, `r${house}/s#${at}`);
        else close(house, does);
        await turn();
        expect(atWork.size).toBe(Math.min(capacity, open.size));
      }
      while (atWork.size > 0) {
        end([...atWork.keys()][0] ?? '', 'end');
        await turn();
      }
      expect([open.size, inHand()]).toEqual([0, 0]);
      for (const house of houses) await house.stop(0);
    }),
    { numRuns: 100 },
  );
});

test('a house with much to do leaves an agent to another one in turn', async () => {
  const done: string[] = [];
  const ends: (() => void)[] = [];
  const agent: Agent = {
    id: 'ann',
    capacity: 1,
    perform: ({ key }) => {
      done.push(key);
      return new Promise((resolve) => ends.push(() => resolve(DONE)));
    },
  };
  const crew = createCrew({ personas: { worker: agent } });
  const [busy, other] = [setStage({ crew }), setStage({ crew })];
  for (let at = 0; at < 9; at++) busy.dispatcher.start(aTask({ key: `busy/s#${at}`, persona: 'worker' }));
  other.dispatcher.start(aTask({ key: 'other/s#1', persona: 'worker' }));
  for (let at = 0; at < 3; at++) {
    ends.shift()?.();
    await turn();
  }
  expect(done.slice(0, 3)).toContain('other/s#1');
  for (const { dispatcher } of [busy, other]) await dispatcher.stop(0);
});
