import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { DONE, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

describe('agents that misbehave', () => {
  it.each<[string, Agent['perform']]>([
    [
      'throws at once',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['answers nonsense', (() => 'nonsense') as never],
    ['returns nothing', (() => undefined) as never],
    [
      'returns a thenable that answers and breaks twice',
      (() => ({
        then: (a: (v: unknown) => void, b: (v: unknown) => void) => {
          b(new Error('no'));
          a(1);
          b(2);
        },
      })) as never,
    ],
    [
      'returns a thenable whose then throws',
      (() =>
        Object.defineProperty({}, 'then', {
          get: () => {
            throw new Error('no');
          },
        })) as never,
    ],
    [
      'returns a promise whose then is broken',
      () =>
        Object.assign(Promise.resolve(DONE), {
          then: () => {
            throw new Error('no');
          },
        }),
    ],
  ])('an agent that %s costs one failed report and nothing else', async (_, perform) => {
    const crew = createCrew({ personas: { worker: { id: 'odd', perform } } });
    const reports: boolean[] = [];
    const quiet = (): void => {};
    const dispatcher = createDispatcher({
      crew,
      now: () => 0,
      sleep: () => Promise.resolve(),
      queued: quiet,
      started: quiet,
      progress: quiet,
      report: (_task, report) => reports.push(report.ok),
    });
    dispatcher.start(aTask());
    expect(reports).toEqual([]);
    await settled();
    expect([reports, dispatcher.inFlight()]).toEqual([[false], 0]);
  });

  it('a sleep that is cut short and that nobody awaits brings nothing down', async () => {
    const { dispatcher, calls } = setStage();
    dispatcher.start(aTask({ step: 'a' }));
    void calls('a').context.sleep(1_000);
    dispatcher.cancel(aTask({ step: 'a' }).key, 'enough');
    await settled();
    await expect(calls('a').context.sleep(1)).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
  });

  it('what a callback of the host throws goes to fault, and the work goes on', async () => {
    const shout = (): never => {
      throw new Error('host');
    };
    const { dispatcher, heard, calls } = setStage({ maxConcurrentTasks: 1, report: shout, queued: shout, started: shout, progress: shout });
    for (const step of ['a', 'b']) dispatcher.start(aTask({ step }));
    calls('a').context.progress(1);
    calls('a').answer(DONE);
    await settled();
    calls('b').answer(DONE);
    await settled();
    expect(heard).toEqual(['fault b', 'fault a', 'fault a', 'fault b', 'fault b']);
    expect(dispatcher.inFlight()).toBe(0);
  });
});
