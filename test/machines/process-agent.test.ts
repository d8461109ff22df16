import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createActor, fromPromise } from 'xstate';
import { type ProcessEvent, processAgentMachine } from '../../src/machines/process-agent.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const GRACE = { terminateGraceMs: 5_000, killGraceMs: 2_000, drainGraceMs: 1_000, sweepGraceMs: 3_000 };

function watch(sweep: () => Promise<void> = () => Promise.resolve()) {
  const did: string[] = [];
  const states: string[] = [];
  const note = (name: string) => () => void did.push(name);
  const actor = createActor(
    processAgentMachine.provide({
      actors: {
        sweepSurvivors: fromPromise<void>(() => {
          did.push('sweep');
          return sweep();
        }),
      },
      actions: { spawnProcess: note('spawn'), terminateTree: note('TERM'), killTree: note('KILL'), releaseProcess: note('release') },
    }),
    { id: 'p', input: GRACE },
  );
  const errors: unknown[] = [];
  actor.subscribe({
    next: ({ value }) => {
      if (states.at(-1) !== value) states.push(value);
    },
    error: (error) => errors.push(error),
  });
  actor.start();
  const tell = (...events: ProcessEvent[]): void => {
    for (const event of events) if (actor.getSnapshot().status === 'active') actor.send(event);
  };
  return { actor, did, states, errors, tell };
}

const spawned: ProcessEvent = { type: 'process.spawned' };
const failed: ProcessEvent = { type: 'process.failed', error: 'ENOENT' };
const exited: ProcessEvent = { type: 'process.exited', exitCode: 0, signal: null };
const closed: ProcessEvent = { type: 'output.closed' };
const overflowed: ProcessEvent = { type: 'output.overflowed' };
const cancel: ProcessEvent = { type: 'cancel' };
const passing = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the watchdog of a process', () => {
  it('a process that ends by itself is swept up after, then released', async () => {
    const { actor, did, states, tell } = watch();
    tell(spawned, exited, closed);
    await passing(0);
    expect(did).toEqual(['spawn', 'KILL', 'sweep', 'release']);
    expect(states).toEqual(['starting', 'running', 'draining', 'sweeping', 'exited']);
    expect(actor.getSnapshot().output).toEqual({ cause: 'exit', gone: true, exitCode: 0, signal: null, startError: null });
  });

  it('a process that cannot be started is over at once, and nothing is signalled', () => {
    const { actor, did, tell } = watch();
    tell(failed);
    expect(did).toEqual(['spawn', 'release']);
    expect(actor.getSnapshot().output).toMatchObject({ cause: 'start', startError: 'ENOENT' });
  });

  it('TERM comes first and KILL only after the whole grace', async () => {
    const { did, tell } = watch();
    tell(spawned, cancel);
    await passing(GRACE.terminateGraceMs - 1);
    expect(did).toEqual(['spawn', 'TERM']);
    await passing(1);
    expect(did).toEqual(['spawn', 'TERM', 'KILL']);
  });

  it('asked twice it does not wait', () => {
    const { did, tell } = watch();
    tell(spawned, cancel, cancel);
    expect(did).toEqual(['spawn', 'TERM', 'KILL']);
  });

  it('a tree that obeys TERM is not kept waiting for the grace', async () => {
    const { actor, tell } = watch();
    tell(spawned, cancel, exited, closed);
    await passing(0);
    expect(actor.getSnapshot()).toMatchObject({ status: 'done', output: { cause: 'cancel', gone: true } });
  });

  it('a leader that obeys leaves its group the rest of the grace while somebody holds its pipes', async () => {
    const { did, tell } = watch();
    tell(spawned, cancel, exited);
    await passing(GRACE.terminateGraceMs - 1);
    expect(did).toEqual(['spawn', 'TERM']);
    await passing(1);
    expect(did).toEqual(['spawn', 'TERM', 'KILL', 'KILL', 'sweep', 'release']);
  });

  it('too much output ends it as a cancel does, and a cancel on top does not change why', async () => {
    const { actor, tell } = watch();
    tell(spawned, overflowed, cancel, exited);
    await passing(0);
    expect(actor.getSnapshot().output).toMatchObject({ cause: 'overflow' });
  });

  it('a cancel after the end changes no verdict, it only stops the waiting for output', async () => {
    const { actor, tell } = watch();
    tell(spawned, exited, cancel);
    await passing(0);
    expect(actor.getSnapshot()).toMatchObject({ status: 'done', output: { cause: 'exit', exitCode: 0 } });
  });

  it('a sweep that fails or hangs keeps nobody', async () => {
    const failing = watch(() => Promise.reject(new Error('no /proc')));
    failing.tell(spawned, exited, closed);
    await passing(0);
    expect([failing.actor.getSnapshot().status, failing.errors]).toEqual(['done', []]);
    const hanging = watch(() => new Promise(() => {}));
    hanging.tell(spawned, exited, closed);
    await passing(GRACE.sweepGraceMs);
    expect(hanging.actor.getSnapshot().status).toBe('done');
  });

  it('a hole that nobody filled is an error, not a silence', () => {
    const errors: unknown[] = [];
    const actor = createActor(processAgentMachine, { id: 'p', input: GRACE });
    actor.subscribe({ error: (error) => errors.push(error) });
    actor.start();
    expect(errors).toEqual([expect.objectContaining({ message: 'spawnProcess is not provided' })]);
  });

  it('whatever happens in whatever order: once told to end it ends in time, TERM before KILL, swept, released once', async () => {
    const news = fc.constantFrom<ProcessEvent | number>(spawned, exited, closed, overflowed, cancel, 0, 500, 4_000);
    await fc.assert(
      fc.asyncProperty(fc.array(news, { maxLength: 12 }), fc.boolean(), async (events, hangs) => {
        const { actor, did, errors, tell } = watch(hangs ? () => new Promise(() => {}) : undefined);
        for (const event of events) {
          if (typeof event === 'number') await passing(event);
          else tell(event);
        }
        tell(cancel);
        await passing(GRACE.terminateGraceMs + GRACE.killGraceMs + GRACE.drainGraceMs + GRACE.sweepGraceMs);
        expect([actor.getSnapshot().status, errors]).toEqual(['done', []]);
        expect(did.filter((each) => each === 'release').length).toBe(1);
        expect(did.filter((each) => each === 'sweep').length).toBe(1);
        expect(did.at(-1)).toBe('release');
        const ended = actor.getSnapshot().output;
        if (ended?.cause === 'cancel') expect(did.indexOf('TERM')).toBeLessThan(did.indexOf('KILL'));
        expect(did.filter((each) => each === 'TERM').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
