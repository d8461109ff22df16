import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { allowedCapabilities, maxConcurrent } from '../../src/policy/task-policy.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import type { Task, TaskReport } from '../../src/protocol/task.ts';
import { DONE, setStage } from './stage.ts';
import { aTask } from './work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const BROKEN: TaskReport = { ok: false, thrown: true, error: { code: 'AGENT_FAILED', message: 'it broke' } };

/** An agent whose tasks end when the test says so. */
function manual(id: string, more: Partial<Agent> = {}) {
  const ends: ((report: TaskReport) => void)[] = [];
  const tasks: Task[] = [];
  const agent: Agent = {
    id,
    perform: (task) => {
      tasks.push(task);
      return new Promise((resolve) => ends.push(resolve));
    },
    ...more,
  };
  return { agent, tasks, end: (report: TaskReport = DONE) => ends.shift()?.(report) };
}

describe('a task', () => {
  it('goes to an agent that has room, and waits for one when nobody has: no agent holds more than it may', async () => {
    const first = manual('first', { capacity: 1 });
    const second = manual('second', { capacity: 1 });
    const { dispatcher, heard } = setStage({ crew: createCrew({ personas: { worker: [first.agent, second.agent] } }) });
    for (const step of ['a', 'b', 'c']) dispatcher.start(aTask({ step, key: `r/${step}#1`, persona: 'worker' }));
    expect([first.tasks.length, second.tasks.length, heard]).toEqual([1, 1, ['queued c']]);
    second.end();
    await turn();
    expect([second.tasks.map(({ step }) => step), heard.slice(1)]).toEqual([
      ['b', 'c'],
      ['report b', 'started c'],
    ]);
  });

  it('that requires what nobody of its part can do ends at once with NO_AVAILABLE_AGENT and says who lacks what', async () => {
    const { agent } = manual('first', { capabilities: ['code'] });
    const { dispatcher, reports } = setStage({ crew: createCrew({ personas: { worker: agent } }) });
    dispatcher.start(aTask({ key: 'r/a#1', persona: 'worker', needs: { capabilities: ['deploy'] } }));
    await turn();
    expect(reports.get('r/a#1')).toMatchObject([
      {
        ok: false,
        error: { code: 'NO_AVAILABLE_AGENT', retryable: false, message: expect.stringContaining('first: it cannot do deploy') },
      },
    ]);
  });

  it('that a policy denies ends with POLICY_VIOLATION; one that it lets wait begins when it may', async () => {
    const { agent, end, tasks } = manual('first');
    const { dispatcher, reports, heard } = setStage({
      crew: createCrew({ personas: { worker: agent } }),
      policies: [allowedCapabilities([]), maxConcurrent(5, { worker: 1 })],
    });
    dispatcher.start(aTask({ step: 'x', key: 'r/x#1', persona: 'worker', needs: { capabilities: ['deploy'] } }));
    for (const step of ['a', 'b']) dispatcher.start(aTask({ step, key: `r/${step}#1`, persona: 'worker' }));
    await turn();
    expect(reports.get('r/x#1')).toMatchObject([
      { ok: false, error: { code: 'POLICY_VIOLATION', details: { policy: 'allowed capabilities' } } },
    ]);
    expect([tasks.length, dispatcher.waiting()]).toEqual([1, 1]);
    end();
    await turn();
    expect([tasks.length, heard.at(-1)]).toEqual([2, 'started b']);
  });

  it('whose agent does not say at once whether it can take it ends with TASK_VALIDATION_FAILED', async () => {
    const { agent } = manual('first', { validate: (async () => null) as unknown as () => null });
    const { dispatcher, reports } = setStage({ crew: createCrew({ personas: { worker: agent } }) });
    dispatcher.start(aTask({ key: 'r/a#1', persona: 'worker' }));
    await turn();
    expect(reports.get('r/a#1')).toMatchObject([
      { error: { code: 'TASK_VALIDATION_FAILED', message: expect.stringContaining('its own check answers neither') } },
    ]);
  });

  it('that its agent cannot take ends with TASK_VALIDATION_FAILED', async () => {
    const { agent, tasks } = manual('first', { validate: () => 'there is no file in it' });
    const { dispatcher, reports } = setStage({ crew: createCrew({ personas: { worker: agent } }) });
    dispatcher.start(aTask({ key: 'r/a#1', persona: 'worker' }));
    await turn();
    expect(reports.get('r/a#1')).toMatchObject([
      { error: { code: 'TASK_VALIDATION_FAILED', message: 'first cannot take it: there is no file in it' } },
    ]);
    expect([tasks.length, dispatcher.inFlight()]).toEqual([0, 0]);
  });

  it('more pressing than others begins before them', async () => {
    const { agent, end, tasks } = manual('first', { capacity: 1 });
    const { dispatcher } = setStage({ crew: createCrew({ personas: { worker: agent } }) });
    const start = (step: string, more: Partial<Task> = {}) =>
      dispatcher.start(aTask({ step, key: `r/${step}#1`, persona: 'worker', ...more }));
    start('a');
    start('b', { priority: 'low' });
    start('c');
    start('d', { priority: 'critical' });
    start('e', { deadlineAt: 1_000 });
    for (let times = 0; times < 4; times++) {
      end();
      await turn();
    }
    expect(tasks.map(({ step }) => step)).toEqual(['a', 'e', 'd', 'c', 'b']);
  });

  it('that cannot be done in time any more says so early, while it waits', async () => {
    const { agent } = manual('first', { capacity: 1 });
    let now = 0;
    const { dispatcher, reports, passTime } = setStage({ crew: createCrew({ personas: { worker: agent } }), now: () => now });
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', persona: 'worker' }));
    dispatcher.start(aTask({ step: 'b', key: 'r/b#1', persona: 'worker', deadlineAt: 500 }));
    now = 501;
    passTime();
    await turn();
    expect(reports.get('r/b#1')).toMatchObject([{ error: { code: 'DEADLINE_UNREACHABLE', retryable: false } }]);
    expect([dispatcher.waiting(), dispatcher.inFlight()]).toEqual([0, 1]);
  });

  it('waits while everybody is spared for having broken too often, and is tried alone then', async () => {
    const { agent, end, tasks } = manual('first', { breaker: { failures: 1, successes: 1 } });
    const { dispatcher, passTime, heard } = setStage({ crew: createCrew({ personas: { worker: agent } }) });
    const start = (step: string) => dispatcher.start(aTask({ step, key: `r/${step}#1`, persona: 'worker' }));
    start('a');
    end(BROKEN);
    await turn();
    for (const step of ['b', 'c']) start(step);
    expect([tasks.length, dispatcher.waiting()]).toEqual([1, 2]);
    passTime();
    await turn();
    expect([tasks.map(({ step }) => step), heard.at(-1)]).toEqual([['a', 'b'], 'started b']);
    end();
    await turn();
    expect(tasks.map(({ step }) => step)).toEqual(['a', 'b', 'c']);
    expect(dispatcher.roster.history()).toMatchObject({ first: { record: { completed: 1, failed: 1 }, breaker: { state: 'closed' } } });
  });

  it('for which everybody is away fails instead, where the house says so', async () => {
    const { agent } = manual('first');
    const crew = createCrew({ personas: { worker: agent } });
    crew.actorOf(agent)?.drain('cleaning');
    const { dispatcher, reports } = setStage({ crew, whenAway: 'fail' });
    dispatcher.start(aTask({ key: 'r/a#1', persona: 'worker' }));
    await turn();
    expect(reports.get('r/a#1')).toMatchObject([{ error: { code: 'NO_AVAILABLE_AGENT', retryable: true } }]);
  });

  it('that waits begins when somebody joins who can do it, and when somebody is back', async () => {
    const first = manual('first', { capacity: 1 });
    const crew = createCrew({ personas: { worker: first.agent } });
    crew.actorOf(first.agent)?.drain('cleaning');
    const { dispatcher, heard } = setStage({ crew });
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', persona: 'worker' }));
    expect(heard).toEqual(['queued a']);
    crew.actorOf(first.agent)?.resume();
    expect(heard).toEqual(['queued a', 'started a']);
    dispatcher.start(aTask({ step: 'b', key: 'r/b#1', persona: 'worker' }));
    const second = manual('second');
    crew.register(second.agent, { personas: ['worker'] });
    expect([heard.at(-1), second.tasks.length]).toEqual(['started b', 1]);
  });

  it('of an agent that has stopped answering is reported as broken once, and its place is free', async () => {
    const first = manual('first', { beat: () => Promise.resolve() });
    const crew = createCrew({ personas: { worker: first.agent } });
    const { dispatcher, reports, heard } = setStage({ crew });
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', persona: 'worker' }));
    for (let times = 0; times < 3; times++) crew.actorOf(first.agent)?.missed();
    expect(reports.get('r/a#1')).toMatchObject([{ error: { code: 'AGENT_UNAVAILABLE' } }]);
    expect(dispatcher.inFlight()).toBe(0);
    first.end();
    await turn();
    expect([heard, reports.get('r/a#1')?.length]).toEqual([['report a', 'late a'], 1]);
    await crew.close();
  });
});
