import { describe, expect, test } from 'vitest';
import { play } from './opened-example.ts';

describe('a translation office', () => {
  test('gives every page to somebody who can do it, spares who keeps failing, and waits for the glossary', async () => {
    const end = await play('translation-office');
    expect([end.status, end.outputs]).toEqual(['completed', { pages: 12, by: { anna: expect.any(Number), ben: expect.any(Number) } }]);
    const choices = end.journal.flatMap(({ fact }) => (fact.type === 'agent.chosen' ? [fact] : []));
    const given = choices.map(({ agent }) => agent);
    expect([...new Set(given)].sort()).toEqual(['anna', 'ben', 'dirk']);
    // Two before his circuit breaker opens, then one at a time that tries him out.
    const spared = choices.filter(({ refused }) => refused.some(({ agent, why }) => agent === 'dirk' && why.includes('circuit breaker')));
    expect(spared.length).toBeGreaterThan(0);
    expect(given.filter((agent) => agent === 'dirk').length).toBeLessThanOrEqual(4);
    expect(choices.every(({ refused }) => refused.some(({ agent, why }) => agent === 'chloe' && why.includes('german')))).toBe(true);
    const failures = end.journal.flatMap(({ fact }) => (fact.type === 'task.failed' ? [fact.error.message] : []));
    expect(failures.filter((message) => message.includes('glossary')).length).toBe(2);
    expect(end.view.steps.some(({ path, attempts }) => path === 'terms' && attempts === 1)).toBe(true);
  });
});
