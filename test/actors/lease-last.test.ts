import { describe, expect, it } from 'vitest';
import { type CrewMembers, createCrew } from '../../src/actors/crews/crew.ts';
import { createLedger } from '../../src/actors/resources/ledger.ts';
import { AGEING_MS } from '../../src/policy/task-order.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { PRIORITIES } from '../../src/protocol/coordination.ts';
import type { Task, TaskReport } from '../../src/protocol/task.ts';
import { steppedTime } from './resources/house.ts';
import { DONE, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

/** When whoever began to wait at 0 is passed by nobody who comes then. */
const AGED = (PRIORITIES.length + 1) * AGEING_MS;

/** A house whose agents end their tasks when the test says so, on a time that moves when told. */
function aHouse(places: number, capacities: Readonly<Record<string, number>> = {}) {
  const ends = new Map<string, (report: TaskReport) => void>();
  const perform: Agent['perform'] = ({ step }) => new Promise((resolve) => ends.set(step, resolve));
  const agent = (id: string): Agent => ({ id, perform, ...(capacities[id] === undefined ? {} : { capacity: capacities[id] }) });
  const personas: CrewMembers['personas'] = { a: agent('a'), b: agent('b') };
  const time = steppedTime();
  const ledger = createLedger({ time });
  const crew = createCrew({ personas });
  const stage = setStage({ crew, maxConcurrentTasks: places, ledger, limits: { memoryMb: 100 }, now: time.now });
  return {
    ...stage,
    crew,
    time,
    ledger,
    begun: () => [...ends.keys()],
    start: (step: string, memoryMb: number, over: Partial<Task> = {}) =>
      stage.dispatcher.start(aTask({ step, persona: 'a', ...(memoryMb === 0 ? {} : { needs: { memoryMb } }), ...over })),
    end: async (step: string) => {
      ends.get(step)?.(DONE);
      ends.delete(step);
      await settled();
    },
  };
}

describe('resources are asked for last', () => {
  it('who waits for a place holds nothing that others need', () => {
    const { start, begun, ledger } = aHouse(1);
    start('at work', 0);
    start('next', 100);
    expect([begun(), ledger.standing().held, ledger.standing().waiting]).toEqual([['at work'], [], []]);
  });

  it('who waits for an agent does not hold others up', async () => {
    const { start, begun, end } = aHouse(3, { a: 1 });
    start('busy', 0);
    start('big', 100);
    start('other', 60, { persona: 'b' });
    expect(begun()).toEqual(['busy', 'other']);
    await end('busy');
    expect(begun()).toEqual(['other']);
    await end('other');
    expect(begun()).toEqual(['big']);
  });

  it('who waits for resources keeps neither place nor agent', async () => {
    const { start, begun, end } = aHouse(2, { a: 2 });
    start('big', 100);
    start('next', 100);
    start('small', 0);
    expect(begun()).toEqual(['big', 'small']);
    await end('big');
    expect(begun()).toEqual(['small', 'next']);
  });

  it('who is granted them and finds its agent busy gives them back, and has its turn when the agent is free', async () => {
    const { start, begun, end, ledger } = aHouse(3, { a: 1 });
    start('holder', 100, { persona: 'b' });
    start('big', 60);
    start('quick', 0);
    expect(begun()).toEqual(['holder', 'quick']);
    await end('holder');
    expect([begun(), ledger.standing().held]).toEqual([['quick'], []]);
    start('meanwhile', 60, { persona: 'b' });
    await end('quick');
    expect(begun()).toEqual(['meanwhile']);
    await end('meanwhile');
    expect(begun()).toEqual(['big']);
  });

  it('who has waited so long that nobody who comes now is before it keeps its agent for as long as it waits', async () => {
    const { start, begun, end, time, dispatcher, crew } = aHouse(3, { a: 1 });
    start('first', 0);
    start('big', 100);
    start('holder', 60, { persona: 'b' });
    time.pass(AGED);
    start('urgent', 0, { priority: 'critical' });
    start('urgent too', 40, { priority: 'critical', persona: 'b' });
    await end('first');
    expect(begun()).toEqual(['holder', 'urgent too']);
    expect(dispatcher.roster.known(crew.agent('a') as Agent)?.inFlight).toBe(1);
    start('late', 10, { persona: 'b' });
    await end('urgent too');
    expect(begun()).toEqual(['holder']);
    await end('holder');
    expect(begun()).toEqual(['big']);
    await end('big');
    expect(begun()).toEqual(['urgent', 'late']);
  });

  it('one at most keeps a place, the first in order, and whoever is cancelled keeps none', async () => {
    const { start, begun, end, time, dispatcher } = aHouse(3);
    start('holder', 100);
    start('x', 0);
    start('y', 0);
    start('first', 50);
    start('second', 50);
    time.pass(AGED);
    await end('x');
    expect(begun()).toEqual(['holder', 'y']);
    start('third', 0);
    expect(begun()).toEqual(['holder', 'y']);
    dispatcher.cancel(aTask({ step: 'first' }).key, 'enough');
    await settled();
    await end('y');
    expect(begun()).toEqual(['holder', 'third']);
    dispatcher.cancel(aTask({ step: 'second' }).key, 'enough');
    await settled();
    start('fourth', 0);
    expect(begun()).toEqual(['holder', 'third', 'fourth']);
  });
});
