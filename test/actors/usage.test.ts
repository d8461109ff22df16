import { describe, expect, test } from 'vitest';
import { checkedReport, reportOfAnswer } from '../../src/actors/agent-report.ts';
import { completed, fail } from '../../src/actors/answer.ts';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import { withinWritable } from '../../src/actors/written-keys.ts';
import { reportedFact } from '../../src/runtime/reported-fact.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from '../runtime/linear.ts';
import { aTask } from './work.ts';

const usage = { tokens: 1200, seconds: 3.5 };

describe('what an attempt has used up', () => {
  test('is reported with its end, however it ends', () => {
    expect(reportOfAnswer(completed(1, { usage }))).toEqual({ ok: true, output: 1, usage });
    expect(reportOfAnswer(fail('red', undefined, usage))).toMatchObject({ ok: false, thrown: false, usage });
    expect(checkedReport({ ok: true, output: 1, usage })).toEqual({ ok: true, output: 1, usage });
    expect(checkedReport({ ok: false, error: { code: 'AGENT_FAILED', message: 'no' }, usage })).toMatchObject({ thrown: true, usage });
    expect(withinWritable(aTask({}), { ok: true, output: 1, writes: { k: 1 }, usage })).toMatchObject({ ok: false, usage });
  });

  test('is a map of numbers of at least 0; anything else makes the report invalid', () => {
    for (const wrong of [{ tokens: -1 }, { tokens: '12' }, 12, [1], null, { tokens: Number.NaN }]) {
      const report = reportOfAnswer(completed(1, { usage: wrong as never }));
      expect([wrong, report]).toEqual([
        wrong,
        expect.objectContaining({ ok: false, error: expect.objectContaining({ code: 'AGENT_OUTPUT_INVALID' }) }),
      ]);
    }
  });

  test('is kept in the facts, of a refused handoff, too', async () => {
    const strict = aTask({ outputSchema: { type: 'string' } });
    expect(reportedFact(strict, { ok: true, output: 1, usage }, 9)).toMatchObject({ type: 'validation.failure', usage });
    expect(reportedFact(strict, { ok: true, output: 'x', usage }, 9)).toMatchObject({ type: 'task.completed', usage });
    const crew = {
      personas: { '*': scriptedAgent('player', { a: { output: 1, usage }, b: { fail: 'no', usage }, c: { throw: 'oh', usage } }) },
    };
    const { journal } = await simulate(workflowOf([task('a'), task('b'), task('c')]), { crew });
    const used = journal.flatMap(({ fact }) => ('usage' in fact ? [[fact.step, fact.usage]] : []));
    expect(used.sort()).toEqual([
      ['a', usage],
      ['b', usage],
      ['c', usage],
    ]);
  });
});
