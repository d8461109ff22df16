import { afterEach, expect, test, vi } from 'vitest';
import { createCrew } from '../../../src/actors/crews/crew.ts';
import { Member } from '../../../src/actors/pool/member.ts';
import type { Agent } from '../../../src/protocol/agent.ts';
import { DONE, setStage } from '../stage.ts';
import { aTask } from '../work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => vi.restoreAllMocks());

test('agents that come and go leave what is known of them, and nothing else', async () => {
  let listening = 0;
  const { onChange } = Member.prototype;
  vi.spyOn(Member.prototype, 'onChange').mockImplementation(function (this: Member, listener) {
    listening += 1;
    const silence = onChange.call(this, listener);
    return () => {
      listening -= 1;
      silence();
    };
  });
  const agent = (id: string): Agent => ({ id, capacity: 1, perform: async () => DONE });
  const crew = createCrew({ personas: { worker: [agent('ann'), agent('ben')], helper: agent('cem') } });
  const { dispatcher } = setStage({ crew });
  for (let at = 0; at < 30; at++) {
    crew.register(agent(`guest ${at}`), { personas: ['worker', 'helper'] });
    for (const persona of ['worker', 'helper']) dispatcher.start(aTask({ key: `r/${persona}#${at}`, persona, agent: `guest ${at}` }));
    await turn();
    await crew.unregister(`guest ${at}`);
    await turn();
  }
  for (const persona of ['worker', 'helper']) dispatcher.start(aTask({ key: `r/${persona}#last`, persona }));
  await turn();
  expect(dispatcher.roster.members().map(({ id }) => id)).toEqual(['ann', 'ben', 'cem']);
  expect(listening).toBe(2);
  const { completed } = dispatcher.roster.history()['guest 7']?.record ?? {};
  expect(completed).toBeGreaterThan(0);
  await dispatcher.stop(0);
});

test('one that leaves with work in hand is there until it has done it; one that takes its name meanwhile goes on from there', async () => {
  const ends: (() => void)[] = [];
  const agent = (): Agent => ({ id: 'ann', perform: () => new Promise((resolve) => ends.push(() => resolve(DONE))) });
  const crew = createCrew({ personas: { worker: agent() } });
  const { dispatcher, reports } = setStage({ crew });
  const start = (key: string) => dispatcher.start(aTask({ key, persona: 'worker' }));
  start('r/a#1');
  start('r/b#1');
  ends[0]?.();
  await turn();
  const gone = crew.unregister('ann');
  crew.register(agent(), { personas: ['worker'] });
  start('r/c#1');
  expect(dispatcher.roster.members().map(({ tasks }) => tasks)).toEqual([['r/b#1'], ['r/c#1']]);
  ends[1]?.();
  await gone;
  ends[2]?.();
  await turn();
  expect([reports.size, dispatcher.roster.members().length, dispatcher.roster.history().ann?.record.completed]).toEqual([3, 1, 2]);
  await dispatcher.stop(0);
});
