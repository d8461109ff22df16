import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DONE, type Performance, type Stage, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

const FAILED = { ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'chance' } } as const;

/** Everything an agent can say when it is told to stop: nothing of it is a result. */
const LAST_WORDS: readonly (readonly [string, (performance: Performance) => void])[] = [
  ['the reason it was given', ({ context, break: breakWith }) => breakWith(context.signal.reason)],
  ['an AbortError', ({ break: breakWith }) => breakWith(new DOMException('The operation was aborted', 'AbortError'))],
  ['an error of its own', ({ break: breakWith }) => breakWith(new Error('connection reset'))],
  ['a failure', ({ answer }) => answer(FAILED)],
  ['half a result', ({ answer }) => answer({ ok: true, output: 'half' })],
];

/** Starts to stop; `over` says whether it has. */
function stopping({ dispatcher }: Stage, graceMs: number): { readonly over: () => boolean; readonly done: Promise<void> } {
  let over = false;
  const done = dispatcher.stop(graceMs).then(() => {
    over = true;
  });
  return { over: () => over, done };
}

describe('stopping', () => {
  it('an idle dispatcher stops at once and starts nothing afterwards', async () => {
    const { dispatcher, performances, heard, sleeping } = setStage();
    await dispatcher.stop(1_000);
    dispatcher.start(aTask());
    await settled();
    expect([performances, heard, sleeping()]).toEqual([[], [], []]);
  });

  it('agents at work are left alone for the grace and their reports are delivered; what waited is withdrawn without a word', async () => {
    const stage = setStage({ maxConcurrentTasks: 2 });
    const { dispatcher, heard, calls, performances, sleeping } = stage;
    for (const step of ['a', 'b', 'c']) dispatcher.start(aTask({ step }));
    const { over, done } = stopping(stage, 1_000);
    dispatcher.start(aTask({ step: 'd' }));
    expect(dispatcher.waiting()).toBe(0);
    calls('a').context.progress('nearly');
    calls('a').answer(DONE);
    await settled();
    expect([over(), calls('b').context.signal.aborted, sleeping()]).toEqual([false, false, [1_000]]);
    calls('b').answer(FAILED);
    await done;
    expect(heard).toEqual(['queued c', 'note a', 'report a', 'report b']);
    expect([performances.length, sleeping(), dispatcher.inFlight(), dispatcher.waiting()]).toEqual([2, [], 0, 0]);
  });

  it.each(LAST_WORDS)(
    'an agent that is told to stop after the grace and says %s is not reported, neither then nor late',
    async (_, speak) => {
      const stage = setStage({ abandonAfterMs: 7 });
      stage.dispatcher.start(aTask({ step: 'a' }));
      const { over, done } = stopping(stage, 1_000);
      stage.passTime();
      await settled();
      const { signal } = stage.calls('a').context;
      expect([signal.aborted, over(), stage.dispatcher.inFlight(), stage.sleeping()]).toEqual([true, false, 1, [7]]);
      expect(signal.reason).toMatchObject({ code: 'TASK_CANCELLED', message: expect.stringContaining('the house stops') });
      speak(stage.calls('a'));
      await done;
      expect([stage.heard, stage.sleeping(), stage.dispatcher.inFlight()]).toEqual([[], [], 0]);
    },
  );

  it.each(LAST_WORDS)('a grace of 0 tells everybody to stop at once, waits for nobody and hears no %s', async (_, speak) => {
    const stage = setStage();
    stage.dispatcher.start(aTask({ step: 'a' }));
    const { signal } = stage.calls('a').context;
    const stopped = stage.dispatcher.stop(0);
    expect([signal.aborted, stage.sleeping()]).toEqual([true, []]);
    await stopped;
    speak(stage.calls('a'));
    await settled();
    expect([stage.heard, stage.dispatcher.inFlight()]).toEqual([[], 0]);
  });

  it('an agent that answers just as it is told to stop is too late', async () => {
    const stage = setStage();
    stage.dispatcher.start(aTask({ step: 'a' }));
    stage.calls('a').context.signal.addEventListener('abort', () => stage.calls('a').answer(DONE));
    const { done } = stopping(stage, 1_000);
    stage.passTime();
    await done;
    expect(stage.heard).toEqual([]);
  });

  it('a task cancelled before or during the grace is not reported; it is waited for as the others are', async () => {
    const stage = setStage();
    for (const step of ['before', 'during']) stage.dispatcher.start(aTask({ step }));
    stage.dispatcher.cancel(aTask({ step: 'before' }).key, 'enough');
    const { over, done } = stopping(stage, 1_000);
    stage.calls('before').answer(DONE);
    await settled();
    stage.dispatcher.cancel(aTask({ step: 'during' }).key, 'enough');
    await settled();
    expect([over(), stage.heard]).toEqual([false, ['late before']]);
    stage.calls('during').answer(DONE);
    await done;
    expect([stage.heard, stage.sleeping()]).toEqual([['late before'], []]);
  });

  it('an agent that does not stop is abandoned after abandonAfterMs; a second, shorter stop cuts the first one short', async () => {
    const stage = setStage({ abandonAfterMs: 7 });
    stage.dispatcher.start(aTask());
    const patient = stopping(stage, 60_000);
    expect(stage.sleeping()).toEqual([60_000]);
    const shorter = stopping(stage, 1);
    stage.passTime();
    await settled();
    expect([patient.over(), shorter.over(), stage.sleeping()]).toEqual([false, false, [7, 7]]);
    await stage.dispatcher.stop(0);
    await Promise.all([patient.done, shorter.done]);
    expect([stage.dispatcher.inFlight(), stage.sleeping()]).toEqual([0, []]);
    await stage.crew.close();
  });

  it('a task that nobody plays and one whose turn has just come are withdrawn, too', async () => {
    const stage = setStage({ maxConcurrentTasks: 1, started: () => void stage.dispatcher.stop(1_000) });
    for (const step of ['a', 'b']) stage.dispatcher.start(aTask({ step }));
    stage.calls('a').answer(DONE);
    await settled();
    const nobody = setStage();
    nobody.dispatcher.start(aTask({ persona: 'nobody' }));
    await nobody.dispatcher.stop(1_000);
    await settled();
    expect([stage.performances.length, stage.heard, nobody.heard]).toEqual([1, ['queued b', 'report a'], []]);
  });

  it('a clock that fails is no reason to hang', async () => {
    const { dispatcher } = setStage({ sleep: () => Promise.reject(new Error('no clock')) });
    dispatcher.start(aTask());
    await dispatcher.stop(1_000);
    expect(dispatcher.inFlight()).toBe(0);
  });
});

/** What can happen while a dispatcher stops; numbers choose among the agents that have not answered. */
const move = fc.record({
  kind: fc.constantFrom('answer' as const, 'fail' as const, 'break' as const, 'cancel' as const, 'start' as const, 'time' as const),
  pick: fc.nat(),
});
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** Makes one move and lets everything happen that follows. Gives the step that answered while its agent was wanted. */
async function make({ kind, pick }: Move, stage: Stage, answered: Set<Performance>, n: number): Promise<string | null> {
  const { dispatcher } = stage;
  const open = stage.performances.filter((one) => !answered.has(one));
  let wanted: string | null = null;
  if (kind === 'start') dispatcher.start(aTask({ step: `s${n}` }));
  else if (kind === 'time') stage.passTime();
  else if (open.length > 0) {
    const chosen = open[pick % open.length]!;
    if (kind === 'cancel') dispatcher.cancel(chosen.task.key, 'chance');
    else {
      answered.add(chosen);
      wanted = chosen.context.signal.aborted ? null : chosen.task.step;
      if (kind === 'break') chosen.break(new Error('chance'));
      else chosen.answer(kind === 'answer' ? DONE : FAILED);
    }
  }
  await settled();
  return wanted;
}

describe('stopping at any moment', () => {
  it('reports exactly those that answered before they were told to stop, begins nothing, and resolves with no place taken', async () => {
    const moves = fc.array(move, { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 1_000), moves, moves, async (limit, graceMs, before, after) => {
        const stage = setStage({ maxConcurrentTasks: limit });
        const { dispatcher, performances, reports, heard } = stage;
        const answered = new Set<Performance>();
        const wanted: string[] = [];
        let n = 0;
        const happens = async (each: Move): Promise<void> => {
          const step = await make(each, stage, answered, n++);
          if (step !== null) wanted.push(step);
        };
        for (const each of before) await happens(each);
        const begun = performances.length;
        const { over, done } = stopping(stage, graceMs);
        let toldAt = Number.POSITIVE_INFINITY;
        for (const each of after) {
          await happens(each);
          if (each.kind === 'time' || graceMs === 0) toldAt = Math.min(toldAt, heard.length);
        }
        // agents that never answer are told to stop, and then abandoned
        while (!over()) {
          stage.passTime();
          await settled();
        }
        await done;
        for (const one of performances) one.answer(DONE);
        await settled();
        expect(performances.length, 'nothing begins any more').toBe(begun);
        expect([...reports.values()].every((list) => list.length === 1)).toBe(true);
        expect(heard.filter((line) => line.startsWith('report')).map((line) => line.slice(7))).toEqual(wanted);
        expect(heard.slice(toldAt), 'nothing is heard once everybody was told to stop').toEqual([]);
        expect([dispatcher.inFlight(), dispatcher.waiting(), stage.sleeping()]).toEqual([0, 0, []]);
      }),
      { numRuns: 300 },
    );
  });
});
