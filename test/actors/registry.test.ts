// Agents come and go while others work.
import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { DONE, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

const agentOf = (id: string, more: Partial<Agent> = {}): Agent => ({ id, perform: async () => DONE, ...more });
const ids = (agents: readonly Agent[]): string[] => agents.map(({ id }) => id);

describe('the register of a crew', () => {
  const ann = agentOf('ann', { capabilities: ['sql', 'ts'] });
  const ben = agentOf('ben', { capabilities: ['ts'] });
  const cleo = agentOf('cleo');
  const theCrew = () => createCrew({ personas: { coder: [ann, ben], tester: ben }, stepTypes: { build: cleo } });

  it('is looked up by id, persona, step type, capability and availability, and counted', async () => {
    const crew = theCrew();
    expect(ids(crew.agents())).toEqual(['ann', 'ben', 'cleo']);
    expect([crew.agent('ben'), crew.agent('nobody')]).toEqual([ben, null]);
    expect(ids(crew.agents({ persona: 'coder' }))).toEqual(['ann', 'ben']);
    expect(ids(crew.agents({ persona: 'tester', capability: 'sql' }))).toEqual([]);
    expect(ids(crew.agents({ stepType: 'build' }))).toEqual(['cleo']);
    expect(ids(crew.agents({ capability: 'ts' }))).toEqual(['ann', 'ben']);
    crew.actorOf(ann)?.drain('on leave');
    expect(ids(crew.agents({ available: true }))).toEqual(['ben', 'cleo']);
    expect(ids(crew.agents({ available: true, persona: 'coder', capability: 'sql' }))).toEqual([]);
    crew.actorOf(ann)?.resume();
    expect(crew.agents({ available: true }).length).toBe(3);
    await crew.close();
  });

  it('refuses an id that is taken, and is as it was', async () => {
    const crew = theCrew();
    expect(() => crew.register(agentOf('ann'), { personas: ['coder'] })).toThrow(
      expect.objectContaining({ code: 'AGENT_ALREADY_REGISTERED' }),
    );
    expect(() => crew.register(ann, { personas: ['tester'] })).toThrow(expect.objectContaining({ code: 'AGENT_ALREADY_REGISTERED' }));
    expect(ids(crew.candidates(aTask({ persona: 'tester' })))).toEqual(['ben']);
    await crew.close();
  });

  it('forgets whoever leaves: their parts are played by the rest, or by nobody, and their id is free', async () => {
    const crew = theCrew();
    expect([await crew.unregister('ben'), await crew.unregister('ben')]).toEqual([true, false]);
    expect([crew.personas(), ids(crew.candidates(aTask({ persona: 'coder' }))), crew.agents().length]).toEqual([['coder'], ['ann'], 2]);
    crew.register(agentOf('ben'), { personas: ['coder'], stepTypes: ['build'] });
    expect(ids(crew.agents({ persona: 'coder' }))).toEqual(['ann', 'ben']);
    expect(ids(crew.candidates(aTask({ type: 'build' })))).toEqual(['cleo', 'ben']);
    await crew.close();
  });
});

describe('an agent that leaves while it works', () => {
  it('is given nothing more, finishes what it has, and is closed then; what waits goes to whoever comes', async () => {
    const ends: (() => void)[] = [];
    let closed = false;
    const leaver = agentOf('leaver', {
      capacity: 1,
      perform: () => new Promise((resolve) => ends.push(() => resolve(DONE))),
      close: async () => {
        closed = true;
      },
    });
    const crew = createCrew({ personas: { worker: [leaver] } });
    const { dispatcher, reports } = setStage({ crew });
    for (const step of ['a', 'b']) dispatcher.start(aTask({ step, key: step, persona: 'worker' }));
    const left = crew.unregister('leaver');
    await settled();
    expect([closed, ends.length]).toEqual([false, 1]);
    ends.shift()?.();
    expect(await left).toBe(true);
    expect([closed, reports.get('a')]).toEqual([true, [DONE]]);
    // Nobody plays the part any more, and that is an answer, too.
    await settled();
    expect(reports.get('b')).toMatchObject([{ ok: false, error: { code: 'NO_AGENT_TYPE' } }]);
    crew.register(agentOf('comer'), { personas: ['worker'] });
    dispatcher.start(aTask({ step: 'c', key: 'c', persona: 'worker' }));
    await settled();
    expect(reports.get('c')).toEqual([DONE]);
    await crew.close();
  });
});
