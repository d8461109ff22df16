import { describe, expect, it } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import { createCrew } from '../../src/actors/crews/crew.ts';
import type { Progress } from '../../src/actors/dispatch/progress-account.ts';
import { functionAgent } from '../../src/actors/function-agent.ts';
import type { CoordinationMessage } from '../../src/protocol/coordination.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { TaskReport } from '../../src/protocol/task.ts';
import { DONE, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

const aMessage = (body: Json): CoordinationMessage => ({
  id: `other#1:${String(body)}`,
  kind: 'notify',
  from: 'other',
  to: 'a',
  priority: 'medium',
  body,
  inReplyTo: null,
  deadlineMs: null,
});

describe('a task at work', () => {
  it('is heard while it works, and not after it was cancelled', async () => {
    const said: string[] = [];
    const { dispatcher, calls } = setStage({ said: (_, { id }) => said.push(id) });
    const task = aTask({ step: 'a' });
    dispatcher.start(task);
    const { context } = calls('a');
    context.send('b', 1);
    dispatcher.cancel(task.key, 'enough');
    context.send('b', 2);
    await expect(context.ask('b', 3)).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
    await expect(context.messages().next()).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
    expect(said).toEqual(['a#1:1']);
  });

  it('gets what was delivered while it waited for a place, and nothing is delivered once it has ended', async () => {
    const { dispatcher, calls } = setStage({ maxConcurrentTasks: 1 });
    const [first, second] = [aTask({ step: 'first' }), aTask({ step: 'a' })];
    dispatcher.start(first);
    dispatcher.start(second);
    expect(dispatcher.deliver(second.key, aMessage(1))).toBe(true);
    calls('first').answer(DONE);
    await settled();
    expect((await calls('a').context.messages().next()).value.body).toBe(1);
    expect(dispatcher.deliver(first.key, aMessage(2))).toBe(false);
    expect(dispatcher.deliver('run/nobody#1', aMessage(3))).toBe(false);
  });

  it('reports its progress to whoever waits for it, and to observers always', () => {
    const waited: Progress[] = [];
    const { dispatcher, calls, heard } = setStage({ progressed: (_, progress) => waited.push(progress) });
    dispatcher.start(aTask({ step: 'a', checkpoints: [50] }));
    const { context } = calls('a');
    for (const percent of [10, 49, 50, 60]) context.report({ percent });
    context.report({ blocked: 'no licence' });
    expect(waited).toEqual([
      { percent: 50, phase: null, blocked: null },
      { percent: 60, phase: null, blocked: 'no licence' },
    ]);
    expect(heard).toEqual(Array.from({ length: 5 }, () => 'note a'));
  });
});

describe('writes to the shared context', () => {
  const context = { version: 3, values: { plan: null, style: 'plain' }, writable: ['plan'] };
  const reportOf = async (writes: Record<string, Json>, over: Parameters<typeof aTask>[0]): Promise<TaskReport | undefined> => {
    const crew = createCrew({ personas: { worker: functionAgent('w', () => completed(null, { writes })) } });
    const { dispatcher, reports } = setStage({ crew });
    const task = aTask({ step: 'a', ...over });
    dispatcher.start(task);
    await settled();
    return reports.get(task.key)?.[0];
  };

  it('are part of the report where the step may write the keys', async () => {
    expect(await reportOf({ plan: { n: 1 } }, { context })).toEqual({ ok: true, output: null, writes: { plan: { n: 1 } } });
  });

  it('are refused with the key and those that may be written, whoever made the report', async () => {
    expect(await reportOf({ plan: 1, style: 2 }, { context })).toMatchObject({
      ok: false,
      error: { code: 'AGENT_OUTPUT_INVALID', message: expect.stringContaining('"style"'), details: { key: 'style', writable: ['plan'] } },
    });
    expect(await reportOf({ plam: 1 }, { context })).toMatchObject({ ok: false, error: { hint: 'did you mean "plan"?' } });
    expect(await reportOf({ plan: 1 }, {})).toMatchObject({ ok: false, error: { code: 'AGENT_OUTPUT_INVALID' } });
  });
});
