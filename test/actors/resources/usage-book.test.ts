import { describe, expect, test } from 'vitest';
import { UsageBook } from '../../../src/actors/resources/usage-book.ts';
import type { TaskReport } from '../../../src/protocol/task.ts';

const used = (tokens: number): TaskReport => ({ ok: true, output: null, usage: { tokens } });
const broken: TaskReport = { ok: false, thrown: true, error: { code: 'AGENT_FAILED', message: 'it broke' } };
const workflowOf = (run: string) => (run === 'gone' ? null : 'ship');

describe('the book of what agents use', () => {
  test('is kept by workflow, agent and step of the definition, and goes on where it was left', () => {
    const book = new UsageBook(workflowOf);
    book.learn({ run: 'r1', step: 'each[0]/write' }, 'ann', used(100), 10);
    book.learn({ run: 'r2', step: 'each[7]/write' }, 'ann', used(200), 20);
    book.learn({ run: 'r1', step: 'read' }, 'ben', used(5), 1);
    expect(book.pattern({ run: 'r3', step: 'each[1]/write' }, 'ann')).toMatchObject({ tokens: 130, ms: 13, calls: 2 });
    expect(book.pattern({ run: 'r3', step: 'each[1]/write' }, 'ben')).toBe(null);
    const next = new UsageBook(workflowOf, JSON.parse(JSON.stringify(book.all())));
    expect(next.all()).toEqual(book.all());
    expect(next.pattern({ run: 'r', step: 'read' }, 'ben')).toMatchObject({ tokens: 5 });
    expect(new UsageBook(() => 'other', next.all()).pattern({ run: 'r', step: 'read' }, 'ben')).toBe(null);
  });

  test('learns of a call that failed what it says it has used, not how long it took; and nothing of a run that is gone', () => {
    const book = new UsageBook(workflowOf);
    book.learn({ run: 'r', step: 'a' }, 'ann', broken, 10);
    book.learn({ run: 'gone', step: 'a' }, 'ann', used(1), 10);
    expect(book.all()).toEqual([]);
    book.learn({ run: 'r', step: 'a' }, 'ann', { ...broken, usage: { tokens: 3 } }, 10);
    expect(book.all()).toEqual([{ workflow: 'ship', agent: 'ann', step: 'a', tokens: 3, calls: 1 }]);
  });

  test('forgets those first that have not been added to for longest', () => {
    const book = new UsageBook(workflowOf);
    for (let n = 0; n < 1_000; n += 1) book.learn({ run: 'r', step: `s${n}` }, 'ann', used(n), 1);
    book.learn({ run: 'r', step: 's0' }, 'ann', used(0), 1);
    book.learn({ run: 'r', step: 'new' }, 'ann', used(0), 1);
    const kept = book.all().map(({ step }) => step);
    expect([kept.length, kept.includes('s0'), kept.includes('s1'), kept.at(-1)]).toEqual([1_000, true, false, 'new']);
    for (let n = 0; n < 1_500; n += 1) book.learn({ run: 'r', step: `t${n}` }, 'ann', used(n), 1);
    expect([book.pattern({ run: 'r', step: 's0' }, 'ann'), book.pattern({ run: 'r', step: 't1499' }, 'ann')?.calls]).toEqual([null, 1]);
    expect(book.all().map(({ step }) => step)).toEqual(Array.from({ length: 1_000 }, (_, n) => `t${n + 500}`));
  });
});
