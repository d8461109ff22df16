import { expect, test } from 'vitest';
import { createCrew } from '../../../src/actors/crews/crew.ts';
import type { Agent } from '../../../src/protocol/agent.ts';
import type { TaskReport } from '../../../src/protocol/task.ts';
import { DONE, setStage } from '../stage.ts';
import { aTask } from '../work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const failed = (thrown: boolean): TaskReport => ({ ok: false, thrown, error: { code: 'AGENT_FAILED', message: 'no' } });

test.each([false, true])(
  'whoever fails at once does not draw all tasks to itself (thrown: %s); only breaking opens its breaker',
  async (thrown) => {
    const given: string[] = [];
    let now = 0;
    const agent = (id: string, takesMs: number, report: TaskReport): Agent => ({
      id,
      breaker: { failures: 5 },
      perform: async ({ key }) => {
        given.push(`${key} ${id}`);
        now += takesMs;
        return report;
      },
    });
    const crew = createCrew({ personas: { worker: [agent('hasty', 1, failed(thrown)), agent('steady', 1_000, DONE)] } });
    const { dispatcher } = setStage({ crew, now: () => now });
    for (let at = 0; at < 12; at++) {
      dispatcher.start(aTask({ run: `r${at}`, key: `r${at}`, persona: 'worker', ...(at < 5 ? { agent: 'hasty' } : {}) }));
      await turn();
    }
    expect(given.slice(5)).toEqual([5, 6, 7, 8, 9, 10, 11].map((at) => `r${at} steady`));
    const { hasty } = dispatcher.roster.history();
    expect(hasty).toMatchObject({ record: { completed: 0, failed: 5 }, breaker: { state: thrown ? 'open' : 'closed' } });
    await dispatcher.stop(0);
  },
);
