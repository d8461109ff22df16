import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedReport } from '../../src/actors/agent-report.ts';
import { completed, fail } from '../../src/actors/answer.ts';
import { functionAgent } from '../../src/actors/function-agent.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { TaskReport } from '../../src/protocol/task.ts';
import { aContext, aTask } from './work.ts';

const answerOf = (fn: Parameters<typeof functionAgent>[1]): Promise<TaskReport> => functionAgent('f', fn).perform(aTask(), aContext());

describe('an agent made of a function', () => {
  it('what the function returns, at once or later, is the output', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, later) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__"'));
        const report = await answerOf(() => (later ? Promise.resolve(value) : value));
        expect(JSON.stringify(report)).toBe(JSON.stringify({ ok: true, output: value }));
      }),
    );
  });

  it('nothing returned is null', async () => {
    expect(await answerOf(() => undefined)).toEqual({ ok: true, output: null });
  });

  it('the output is a copy: what the function keeps cannot change it', async () => {
    const kept = { list: [1] };
    const report = await answerOf(() => kept);
    kept.list.push(2);
    expect(report).toEqual({ ok: true, output: { list: [1] } });
  });

  it('completed() sets variables beside the output', async () => {
    expect(await answerOf(() => completed({ n: 1 }, { variables: { branch: 'main' } }))).toEqual({
      ok: true,
      output: { n: 1 },
      variables: { branch: 'main' },
    });
    expect(await answerOf(() => completed())).toEqual({ ok: true, output: null });
    expect(await answerOf(() => completed(1, { writes: { plan: ['a'] } }))).toEqual({ ok: true, output: 1, writes: { plan: ['a'] } });
    expect(await answerOf(() => completed(1, { writes: ['a'] as never }))).toMatchObject({
      error: { code: 'AGENT_OUTPUT_INVALID', message: 'writes is not an object of names and values' },
    });
  });

  it.each([
    ['returned', () => fail('2 tests are red', { red: ['a'] })],
    [
      'thrown',
      () => {
        throw fail('2 tests are red', { red: ['a'] });
      },
    ],
    ['rejected', () => Promise.reject(fail('2 tests are red', { red: ['a'] }))],
  ])('fail() is a failure by the agent’s own word, also when %s', async (_, fn) => {
    expect(await answerOf(fn)).toEqual({
      ok: false,
      thrown: false,
      error: { code: 'AGENT_FAILED', message: '2 tests are red', details: { red: ['a'] } },
    });
  });

  it('anything else thrown says that the agent broke, with message and cause', async () => {
    const report = await answerOf(() => {
      throw new Error('no answer', { cause: new Error('socket closed') });
    });
    expect(report).toEqual({
      ok: false,
      thrown: true,
      error: { code: 'AGENT_FAILED', message: 'no answer', cause: { code: 'AGENT_FAILED', message: 'socket closed' } },
    });
  });

  it('an error of ours keeps its code, hint and verdict on retrying', async () => {
    const report = await answerOf(() => {
      throw new TroupeError('AGENT_UNAVAILABLE', 'the model is gone', { hint: 'choose another', retryable: false });
    });
    expect(report).toMatchObject({ thrown: true, error: { code: 'AGENT_UNAVAILABLE', hint: 'choose another', retryable: false } });
  });

  it('whatever is thrown, the report is plain, bounded data', async () => {
    const cyclic = new Error('a');
    cyclic.cause = cyclic;
    const hostile = [
      cyclic,
      Object.create(null),
      undefined,
      7n,
      Symbol('s'),
      {
        get message(): string {
          throw new Error('no');
        },
      },
      'x'.repeat(10 ** 6),
    ];
    for (const thrown of hostile) {
      const report = await answerOf(() => Promise.reject(thrown));
      expect(report.ok).toBe(false);
      expect(JSON.stringify(report).length).toBeLessThan(20_000);
    }
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (thrown) => {
        const report = await answerOf(() => Promise.reject(thrown));
        expect(report).toEqual(JSON.parse(JSON.stringify(report)));
      }),
    );
  });

  it.each([
    [() => ({ a: [() => 1] }), 'output.a[0] is a function'],
    [() => completed(null, { variables: { v: 1n as never } }), 'variables.v is a bigint'],
    [() => new Error('returned'), 'output is an instance of Error, not a plain object'],
  ])('an output that is no JSON is refused with its path', async (fn, message) => {
    const report = await answerOf(fn as () => unknown);
    expect(report).toMatchObject({ ok: false, thrown: true, error: { code: 'AGENT_OUTPUT_INVALID', message } });
  });

  it('the work hands the context through, and makes no signal that nobody reads', async () => {
    const context = aContext();
    let read = 0;
    const watched = Object.defineProperty({ ...context }, 'signal', {
      get: () => {
        read += 1;
        return context.signal;
      },
    });
    const quiet = functionAgent('quiet', async ({ task, progress, sleep }) => {
      progress(`at ${task.step}`);
      await sleep(5);
    });
    await quiet.perform(aTask(), watched);
    expect([read, context.notes, context.slept]).toEqual([0, ['at step'], [5]]);
    await functionAgent('listening', ({ signal }) => signal.aborted).perform(aTask(), watched);
    expect(read).toBe(1);
  });
});

describe('a report made by somebody else’s agent', () => {
  it.each([
    [
      { ok: true, output: 1 },
      { ok: true, output: 1 },
    ],
    [{ ok: true }, { ok: true, output: null }],
    [
      { ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'm' } },
      { ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'm' } },
    ],
    [
      { ok: false, error: new Error('raw') },
      { ok: false, thrown: true, error: { code: 'AGENT_FAILED', message: 'raw' } },
    ],
  ])('%o is taken as %o', (given, taken) => {
    expect(checkedReport(given)).toEqual(taken);
  });

  it('anything that is no report is AGENT_OUTPUT_INVALID, and nothing throws', () => {
    expect(checkedReport({ ok: true, output: 1, variables: [1] })).toMatchObject({ ok: false, error: { code: 'AGENT_OUTPUT_INVALID' } });
    expect(checkedReport(undefined)).toMatchObject({ ok: false, error: { code: 'AGENT_OUTPUT_INVALID' } });
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(typeof checkedReport(value).ok).toBe('boolean');
      }),
    );
    const trap = new Proxy(
      {},
      {
        has: () => {
          throw new Error('no');
        },
      },
    );
    expect(checkedReport(trap)).toMatchObject({ ok: false, thrown: true });
  });
});
