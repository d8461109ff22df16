// Every way in which a task may end without the answer of an agent is in the table, comes about as it says, and there is no other.
import { createCrew, maxConcurrent } from 'troupe';
import { expect, test } from 'vitest';
import { REFUSAL_CODES } from '../../src/actors/dispatch/dispatch-refusal.ts';
import type { DispatcherOptions } from '../../src/actors/dispatch/dispatcher-contract.ts';
import { Services } from '../../src/actors/services/services.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import type { Task } from '../../src/protocol/task.ts';
import { setStage } from '../actors/stage.ts';
import { aTask } from '../actors/work.ts';
import { readPage, table } from './page.ts';

const rows = table(readPage('embedding.md'), 'refusals').map(
  ([code = '', again = '', when = '']) => [code, again === 'yes', when] as const,
);

test('has all codes and no others', () => {
  const codes = new Set(rows.map(([code]) => code));
  expect([...codes].sort()).toEqual([...REFUSAL_CODES, 'RESOURCE_EXHAUSTED', 'RESOURCE_CONFLICT'].sort());
});

const worker = (more: Partial<Agent> = {}): Agent => ({ id: 'worker', perform: () => new Promise(() => {}), ...more });
const playedBy = (agent: Agent) => createCrew({ personas: { worker: agent } });

/** How each comes about: what the house is like, what the task, and what happens once it is there. */
interface Scene {
  readonly house?: Partial<DispatcherOptions>;
  readonly task?: Partial<Task>;
  readonly then?: () => void;
}

const SCENES: Readonly<Record<string, () => Scene>> = {
  'NO_AGENT_TYPE no': () => ({ task: { persona: 'stranger' } }),
  'NO_AVAILABLE_AGENT no': () => ({ house: { crew: playedBy(worker({ capabilities: [] })) }, task: { needs: { capabilities: ['rust'] } } }),
  'NO_AVAILABLE_AGENT yes': () => {
    const agent = worker();
    const crew = playedBy(agent);
    crew.actorOf(agent)?.drain('on leave');
    return { house: { crew, whenAway: 'fail' } };
  },
  'POLICY_VIOLATION no': () => ({
    house: { policies: [maxConcurrent(), { name: 'never', judge: () => ({ kind: 'deny', why: 'not today' }) }] },
  }),
  'TASK_VALIDATION_FAILED no': () => ({ house: { crew: playedBy(worker({ validate: () => 'not that' })) } }),
  'DEADLINE_UNREACHABLE no': () => ({ task: { deadlineAt: -1 } }),
  'CIRCUIT_OPEN yes': () => {
    const services = new Services({ now: () => 0, sleep: () => new Promise(() => {}), terms: { github: { failures: 1 } } });
    services.breaker('github').failed('x');
    return { house: { services, whenAway: 'fail' }, task: { needs: { services: ['github'] } } };
  },
  'AGENT_UNAVAILABLE yes': () => {
    const agent = worker();
    const crew = playedBy(agent);
    const miss = () => {
      for (let times = 0; times < 3; times++) crew.actorOf(agent)?.missed();
    };
    return { house: { crew }, then: miss };
  },
  'RESOURCE_EXHAUSTED no': () => ({ house: { limits: { memoryMb: 1 } }, task: { needs: { memoryMb: 2 } } }),
  'RESOURCE_CONFLICT yes': () => {
    const crew = createCrew({
      personas: {
        worker: worker({
          async perform({ step }, { lease }) {
            if (step === 'older') return new Promise(() => {});
            await lease({ locks: { held: 'exclusive' } });
            return { ok: true, output: null };
          },
        }),
      },
    });
    return { house: { crew }, task: { needs: { locks: { own: 'exclusive' } } } };
  },
};

test.each(rows)('%s, again: %s: %s', async (code, again) => {
  const scene = SCENES[`${code} ${again ? 'yes' : 'no'}`];
  if (scene === undefined) throw new Error('nobody knows how that comes about');
  const { house = {}, task = {}, then } = scene();
  const { dispatcher, reports } = setStage(house);
  if (code === 'RESOURCE_CONFLICT') dispatcher.start(aTask({ step: 'older', needs: { locks: { held: 'exclusive' } } }));
  const given = aTask(task);
  dispatcher.start(given);
  then?.();
  await expect.poll(() => reports.get(given.key)?.length).toBe(1);
  const [report] = reports.get(given.key) ?? [];
  expect(report).toMatchObject({ ok: false, thrown: true, error: { code } });
  if (report?.ok === false) expect(report.error.retryable !== false).toBe(again);
  await dispatcher.stop(0);
});
