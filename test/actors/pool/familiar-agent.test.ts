import { expect, test } from 'vitest';
import { createCrew } from '../../../src/actors/crews/crew.ts';
import type { AgentHistory } from '../../../src/actors/pool/roster.ts';
import type { Agent } from '../../../src/protocol/agent.ts';
import { DONE, setStage } from '../stage.ts';
import { aTask } from '../work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const known = (completed: number, failed: number): AgentHistory => ({
  record: { completed, failed, averageMs: 0, lastCompletedAt: 0 },
  breaker: null,
});

test('whoever has done well for a part of a run before goes on with it, before one who is somewhat better; of another run it is nobody', async () => {
  const chosen: string[] = [];
  const agent = (id: string): Agent => ({ id, perform: async () => DONE });
  const crew = createCrew({ personas: { worker: [agent('ann'), agent('ben')] } });
  const { dispatcher } = setStage({
    crew,
    history: { ann: known(5, 1), ben: known(9, 0) },
    chosen: ({ key }, choice) => chosen.push(`${key} ${choice.agent} ${choice.ranked[0]?.score.affinity}`),
  });
  const start = async (run: string, step: string, more: { agent?: string } = {}) => {
    dispatcher.start(aTask({ run, step, key: `${run}/${step}`, persona: 'worker', ...more }));
    await turn();
  };
  await start('r', 'a', { agent: 'ann' });
  await start('r', 'b');
  await start('q', 'a');
  expect(chosen).toEqual(['r/a ann 1', 'r/b ann 0.5', 'q/a ben 0']);
  await dispatcher.stop(0);
});
