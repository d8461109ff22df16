import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AgentScript, scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { TaskReport } from '../../src/protocol/task.ts';
import { aContext, aTask } from './work.ts';

const perform = (script: AgentScript, over: Parameters<typeof aTask>[0] = {}, context = aContext()): Promise<TaskReport> =>
  scriptedAgent('script', script).perform(aTask(over), context);

describe('an agent made of a script', () => {
  it('attempt n gets the n-th answer and the last one repeats, in whatever order and how often the attempts come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer(), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 })),
        async (outputs, attempts) => {
          const agent = scriptedAgent('script', { step: outputs.map((output) => ({ output })) });
          for (const attempt of attempts) {
            const report = await agent.perform(aTask({ attempt }), aContext());
            expect(report).toEqual({ ok: true, output: outputs[Math.min(attempt, outputs.length) - 1] });
          }
        },
      ),
    );
  });

  it('a step is looked up by its path, then by its own id, then by *', async () => {
    const script = { 'release/deploy': { output: 1 }, deploy: { output: 2 }, '*': { output: 3 } };
    const outputs = await Promise.all(['release/deploy', 'other/deploy', 'elsewhere'].map((step) => perform(script, { step })));
    expect(outputs.map((report) => report.ok && report.output)).toEqual([1, 2, 3]);
  });

  it.each([
    [{}, { ok: true, output: null }],
    [
      { output: { a: 1 }, variables: { v: 2 } },
      { ok: true, output: { a: 1 }, variables: { v: 2 } },
    ],
    [
      { output: 1, writes: { plan: 2 } },
      { ok: true, output: 1, writes: { plan: 2 } },
    ],
    [{ fail: 'red' }, { ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'red' } }],
    [
      { fail: 'red', service: 'github' },
      { ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'red', details: { service: 'github' } } },
    ],
    [
      { throw: 'broken', service: 'github' },
      {
        ok: false,
        thrown: true,
        error: { code: 'AGENT_FAILED', message: 'broken', details: { service: 'github', kind: 'external.service_failure' } },
      },
    ],
    [{ throw: 'broken' }, { ok: false, thrown: true, error: { code: 'AGENT_FAILED', message: 'broken' } }],
  ])('the answer %o is reported as %o', async (answer, report) => {
    expect(await perform({ step: answer })).toEqual(report);
  });

  it('a step the script does not know is a failure that retrying does not mend', async () => {
    expect(await perform({ other: {} })).toMatchObject({ ok: false, thrown: true, error: { code: 'AGENT_FAILED', retryable: false } });
    expect(await perform({ step: [] })).toMatchObject({ ok: false, error: { retryable: false } });
  });

  it.each([
    [2_000, [2_000]],
    ['2s', [2_000]],
    ['1m30s', [90_000]],
    [0, []],
  ])('after %s is slept on the host’s clock', async (after, slept) => {
    const context = aContext();
    await perform({ step: { after } }, {}, context);
    expect(context.slept).toEqual(slept);
  });

  it('what it reports is spread over the time it works, too', async () => {
    const context = aContext();
    const script = { step: { after: 6, progress: ['half'], reports: [{ percent: 30 }, { percent: 60, phase: 'end' }] } };
    expect(await perform(script, {}, context)).toEqual({ ok: true, output: null });
    expect([context.slept, context.notes, context.reports]).toEqual([
      [2, 1, 1, 2],
      ['half'],
      [{ percent: 30 }, { percent: 60, phase: 'end' }],
    ]);
  });

  it('notes are spread over the time it works, which stays what it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 10_000 }), fc.array(fc.string(), { maxLength: 20 }), async (after, progress) => {
        const context = aContext();
        await perform({ step: { after, progress } }, {}, context);
        expect([context.now(), context.notes]).toEqual([after, progress]);
      }),
    );
  });

  it('an answer that never comes ends when the attempt is cancelled', async () => {
    const context = aContext();
    const report = perform({ step: { forever: true } }, {}, context);
    context.abort('enough');
    expect(await report).toMatchObject({ ok: false, thrown: true, error: { message: 'enough' } });
    expect(await perform({ step: { forever: true } }, {}, context)).toMatchObject({ ok: false });
  });

  it.each([
    [{ step: { after: 'soon' } }, /answer 1: "soon" is not a duration/],
    [{ step: [{}, { output: 1, fail: 'x' }] }, /answer 2: the answer ends in more than one way/],
    [{ step: { forever: true, throw: 'x' } }, /more than one way/],
  ])('a script that cannot be played is refused when the agent is made: %o', (script, message) => {
    expect(() => scriptedAgent('script', script)).toThrow(message);
  });
});
