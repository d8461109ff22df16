import { describe, expect, it } from 'vitest';
import { setStage } from './stage.ts';
import { aTask } from './work.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the stopping of an attempt', () => {
  it('begins with asking, and ends when the agent has really stopped', async () => {
    const { dispatcher, calls, sleeping } = setStage();
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', run: 'r' }));
    dispatcher.cancel('r/a#1', 'enough');
    expect(calls('a').context.signal.aborted).toBe(true);
    expect(dispatcher.stopping()).toEqual([
      { run: 'r', step: 'a', attempt: 1, state: 'asked', until: 10_000, canBeForced: false, reason: 'enough' },
    ]);
    const stopped = dispatcher.stopped('r');
    calls('a').break(new Error('stopped'));
    await stopped;
    expect([dispatcher.stopping(), dispatcher.inFlight(), sleeping()]).toEqual([[], 0, []]);
  });

  it('of an agent that can be forced goes on to force, then gives it up', async () => {
    const { dispatcher, calls, passTime, sleeping } = setStage({ abandonAfterMs: 7 });
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', run: 'r' }));
    const { forced } = calls('a').context;
    dispatcher.cancel('r/a#1', 'enough');
    expect([sleeping(), forced?.aborted]).toEqual([[7], false]);
    passTime();
    await settled();
    expect([forced?.aborted, dispatcher.stopping()[0]?.state, dispatcher.inFlight()]).toEqual([true, 'forced', 1]);
    passTime();
    await settled();
    expect([dispatcher.stopping(), dispatcher.inFlight(), sleeping()]).toEqual([[], 0, []]);
  });

  it('is not waited for by whoever has no patience', async () => {
    const { dispatcher, calls, sleeping } = setStage();
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', run: 'r' }));
    dispatcher.start(aTask({ step: 'b', key: 'r/b#1', run: 'r' }));
    dispatcher.start(aTask({ step: 'c', key: 'other/c#1', run: 'other' }));
    const { forced } = calls('a').context;
    for (const key of ['r/a#1', 'r/b#1', 'other/c#1']) dispatcher.cancel(key, 'enough');
    dispatcher.force('r');
    await settled();
    // A function cannot be stopped from outside: its place is free, and nobody waits for it.
    expect([forced?.aborted, dispatcher.stopping().map(({ step, state }) => [step, state])]).toEqual([
      true,
      [
        ['a', 'forced'],
        ['c', 'asked'],
      ],
    ]);
    calls('a').break(new Error('killed'));
    await dispatcher.stopped('r');
    calls('c').break(new Error('stopped'));
    await dispatcher.stopped('other');
    expect([dispatcher.inFlight(), sleeping()]).toEqual([0, []]);
  });

  it('takes as long as the agent says', () => {
    const stage = setStage();
    const { dispatcher, sleeping } = stage;
    Object.assign(stage.agent, { graceMs: 3 });
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', run: 'r' }));
    dispatcher.cancel('r/a#1', 'enough');
    expect(sleeping()).toEqual([3]);
  });

  it('once abandoned leaves nothing to the agent: what it says is not heard, and its result is late', async () => {
    const { dispatcher, calls, heard, passTime } = setStage({ progressed: () => heard.push('progressed'), said: () => heard.push('said') });
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', run: 'r' }));
    const { context, answer } = calls('a');
    dispatcher.cancel('r/a#1', 'enough');
    passTime();
    await settled();
    context.report({ percent: 50 });
    context.send('b', 'are you there?');
    context.progress('still here');
    await expect(context.ask('b', 1)).rejects.toThrow('cancelled');
    answer({ ok: true, output: 1 });
    await settled();
    expect(heard).toEqual(['late a']);
  });

  it('holds back what undoes something in the same run, and nothing else', async () => {
    const { dispatcher, calls, heard, performances } = setStage();
    dispatcher.start(aTask({ step: 'a', key: 'r/a#1', run: 'r' }));
    dispatcher.cancel('r/a#1', 'enough');
    dispatcher.start(aTask({ step: 'undo', key: 'r/undo#1', run: 'r', undoes: 'b' }));
    dispatcher.start(aTask({ step: 'x', key: 'other/x#1', run: 'other', undoes: 'y' }));
    dispatcher.start(aTask({ step: 'gone', key: 'r/gone#1', run: 'r', undoes: 'c' }));
    dispatcher.cancel('r/gone#1', 'not needed');
    expect([performances.map(({ task }) => task.step), heard]).toEqual([
      ['a', 'x'],
      ['queued undo', 'queued gone'],
    ]);
    calls('a').break(new Error('stopped'));
    await settled();
    expect([performances.map(({ task }) => task.step), heard]).toEqual([
      ['a', 'x', 'undo'],
      ['queued undo', 'queued gone', 'late a', 'started undo'],
    ]);
  });
});
