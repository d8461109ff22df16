import { describe, expect, it } from 'vitest';
import { DONE, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

describe('the dispatcher', () => {
  it('a task that finds a place is performed at once and reported once, never from inside start', async () => {
    const { dispatcher, heard, calls, crew, agent } = setStage();
    dispatcher.start(aTask({ step: 'a' }));
    expect([heard, dispatcher.inFlight()]).toEqual([[], 1]);
    expect(crew.actorOf(agent)?.standing()).toMatchObject({ state: 'busy', inFlight: 1 });
    calls('a').answer(DONE);
    calls('a').answer(DONE);
    await settled();
    expect([heard, dispatcher.inFlight()]).toEqual([['report a'], 0]);
    expect(crew.actorOf(agent)?.standing()).toMatchObject({ state: 'idle', inFlight: 0, served: 1 });
  });

  it('beyond the limit tasks wait in order; the host hears queued, later started', async () => {
    const { dispatcher, heard, calls } = setStage({ maxConcurrentTasks: 1 });
    for (const step of ['a', 'b', 'c']) dispatcher.start(aTask({ step }));
    expect([heard, dispatcher.inFlight(), dispatcher.waiting()]).toEqual([['queued b', 'queued c'], 1, 2]);
    calls('a').answer(DONE);
    await settled();
    expect(heard.slice(2)).toEqual(['report a', 'started b']);
    calls('b').answer(DONE);
    await settled();
    expect(heard.slice(4)).toEqual(['report b', 'started c']);
  });

  it('a task started while others wait does not overtake them, even from inside a report', async () => {
    const stage = setStage({ maxConcurrentTasks: 1, report: () => stage.dispatcher.start(aTask({ step: 'pushy' })) });
    for (const step of ['a', 'b']) stage.dispatcher.start(aTask({ step }));
    stage.calls('a').answer(DONE);
    await settled();
    expect(stage.performances.map(({ task }) => task.step)).toEqual(['a', 'b']);
    expect(stage.heard).toEqual(['queued b', 'queued pushy', 'started b']);
  });

  it('nobody to perform it: NO_AGENT_TYPE, not retryable, with the nearest name, and no place taken', async () => {
    const { dispatcher, reports } = setStage();
    const task = aTask({ persona: 'wroker' });
    dispatcher.start(task);
    expect([reports.size, dispatcher.inFlight()]).toEqual([0, 0]);
    await settled();
    expect(reports.get(task.key)).toMatchObject([
      { ok: false, thrown: true, error: { code: 'NO_AGENT_TYPE', retryable: false, hint: 'did you mean the persona "worker"?' } },
    ]);
  });

  it('a cancelled task is never reported; its signal says why; its late answer goes to late', async () => {
    const { dispatcher, heard, calls } = setStage();
    const task = aTask({ step: 'a' });
    dispatcher.start(task);
    const { signal } = calls('a').context;
    expect(dispatcher.cancel(task.key, 'the step timed out')).toBe(true);
    expect(dispatcher.cancel(task.key, 'again')).toBe(false);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'TASK_CANCELLED', message: expect.stringContaining('the step timed out') });
    calls('a').answer(DONE);
    await settled();
    expect(heard).toEqual(['late a']);
  });

  it('a signal that is read only after the cancel is aborted already', () => {
    const { dispatcher, calls } = setStage();
    dispatcher.start(aTask({ step: 'a' }));
    dispatcher.cancel(aTask({ step: 'a' }).key, 'enough');
    expect(calls('a').context.signal.aborted).toBe(true);
  });

  it('stopping when told to is no late answer', async () => {
    const { dispatcher, heard, calls } = setStage();
    dispatcher.start(aTask({ step: 'a' }));
    const { signal } = calls('a').context;
    dispatcher.cancel(aTask({ step: 'a' }).key, 'enough');
    calls('a').break(signal.reason);
    await settled();
    expect([heard, dispatcher.inFlight()]).toEqual([[], 0]);
  });

  it('a cancelled task keeps its place while its agent winds down, but not for ever', async () => {
    const { dispatcher, heard, calls, passTime, sleeping, crew, agent } = setStage({ maxConcurrentTasks: 1, abandonAfterMs: 7 });
    dispatcher.start(aTask({ step: 'stuck' }));
    dispatcher.start(aTask({ step: 'next' }));
    dispatcher.cancel(aTask({ step: 'stuck' }).key, 'enough');
    await settled();
    expect([dispatcher.inFlight(), sleeping(), heard]).toEqual([1, [7], ['queued next']]);
    passTime();
    await settled();
    expect(heard).toEqual(['queued next', 'started next']);
    calls('stuck').answer(DONE);
    await settled();
    expect([heard.at(-1), dispatcher.inFlight()]).toEqual(['late stuck', 1]);
    expect(crew.actorOf(agent)?.standing()).toMatchObject({ inFlight: 1, served: 1 });
  });

  it('no timer is left when a cancelled agent stops in time', async () => {
    const { dispatcher, calls, sleeping } = setStage();
    dispatcher.start(aTask({ step: 'a' }));
    dispatcher.cancel(aTask({ step: 'a' }).key, 'enough');
    calls('a').answer(DONE);
    await settled();
    expect(sleeping()).toEqual([]);
  });

  it('a waiting task that is cancelled is never performed', async () => {
    const { dispatcher, heard, calls } = setStage({ maxConcurrentTasks: 1 });
    for (const step of ['a', 'b', 'c']) dispatcher.start(aTask({ step }));
    dispatcher.cancel(aTask({ step: 'b' }).key, 'enough');
    expect(dispatcher.waiting()).toBe(1);
    calls('a').answer(DONE);
    await settled();
    expect(heard).toEqual(['queued b', 'queued c', 'report a', 'started c']);
  });

  it('a task cancelled on hearing that it starts is not performed, and its place goes to the next one', async () => {
    const stage = setStage({
      maxConcurrentTasks: 1,
      started: (task) => {
        if (task.step === 'b') stage.dispatcher.cancel(task.key, 'changed my mind');
      },
    });
    for (const step of ['a', 'b', 'c']) stage.dispatcher.start(aTask({ step }));
    stage.calls('a').answer(DONE);
    await settled();
    expect(stage.performances.map(({ task }) => task.step)).toEqual(['a', 'c']);
    expect(stage.dispatcher.inFlight()).toBe(1);
  });

  it('a task started on hearing that another one starts waits its turn', async () => {
    const stage = setStage({
      maxConcurrentTasks: 1,
      started: (task) => {
        if (task.step === 'b') stage.dispatcher.start(aTask({ step: 'c' }));
      },
    });
    for (const step of ['a', 'b']) stage.dispatcher.start(aTask({ step }));
    stage.calls('a').answer(DONE);
    await settled();
    expect([stage.performances.map(({ task }) => task.step), stage.dispatcher.inFlight(), stage.dispatcher.waiting()]).toEqual([
      ['a', 'b'],
      1,
      1,
    ]);
  });

  it('the same task started twice is performed once', async () => {
    const { dispatcher, performances, heard, calls } = setStage();
    dispatcher.start(aTask({ step: 'a' }));
    dispatcher.start(aTask({ step: 'a' }));
    calls('a').answer(DONE);
    await settled();
    expect([performances.length, heard]).toEqual([1, ['report a']]);
  });

  it('chatter is passed on as plain JSON while the agent works, and not after', async () => {
    const notes: unknown[] = [];
    const { dispatcher, calls } = setStage({ progress: (_, note) => notes.push(note) });
    dispatcher.start(aTask({ step: 'a' }));
    const { progress } = calls('a').context;
    progress({ done: 0.5 });
    progress((() => 1) as never);
    calls('a').answer(DONE);
    await settled();
    progress('too late');
    expect(notes).toEqual([{ done: 0.5 }, '(a note that is a function)']);
  });

  it.each([0, -1, 1.5, Number.NaN])('a limit of %d is refused', (maxConcurrentTasks) => {
    expect(() => setStage({ maxConcurrentTasks })).toThrow(/whole number/);
  });
});
