import type { Happening } from 'troupe/testing';
import { describe, expect, test } from 'vitest';
import { type Played, play } from './opened-example.ts';

/** What the lead says to the question of the fifth reader, a minute later. */
const lead = (said: { readonly decision: 'reject' } | { readonly decision: 'edit'; readonly values: { readonly tokens: number } }) => ({
  input: { depth: 'deep' },
  happenings: [{ at: 60_000, do: 'answer', step: 'findings[4]/read', by: 'lead', ...said }] satisfies Happening[],
});

const audit = ({ view }: Played) => view.steps.flatMap((step) => step.audit.map(({ what, by }) => [step.path, what, by]));
const lacking = ({ view }: Played) => view.steps.filter(({ error }) => error?.code === 'BUDGET_SPENT').map(({ path }) => path);

describe('a research panel with a budget', () => {
  test('answers every question and votes within it', async () => {
    const end = await play('research-panel');
    expect([end.status, end.outputs]).toEqual(['completed', { verdict: 'move', answered: 5 }]);
    // A plan of 400, five questions of 3,000, three votes of 900.
    expect(end.view.budget).toEqual({ tokens: 24_000, raised: 0, spent: 18_100, reserved: 0, left: 5_900, waiting: [], accounts: [] });
    expect(audit(end)).toEqual([]);
  });

  test('asks the lead once, when deep reading has spent it, and goes on with what is given', async () => {
    const end = await play('research-panel', lead({ decision: 'edit', values: { tokens: 12_000 } }));
    expect([end.status, end.outputs]).toEqual(['completed', { verdict: 'move', answered: 5 }]);
    expect(end.view.budget).toMatchObject({ tokens: 36_000, raised: 12_000, spent: 33_100, left: 2_900 });
    expect(audit(end)).toEqual([
      ['findings[4]/read', 'asked', null],
      ['findings[4]/read', 'answered', 'lead'],
    ]);
  });

  test('leaves out what is not paid for, whether the lead gives nothing or says nothing', async () => {
    const refused = await play('research-panel', lead({ decision: 'reject' }));
    expect([refused.status, refused.outputs]).toEqual(['completed', { verdict: 'undecided', answered: 4 }]);
    expect(lacking(refused)).toEqual(['findings[4]', 'findings[4]/read', 'verdict.1', 'verdict.2', 'verdict.3']);
    expect(audit(refused).map(([, what]) => what)).toEqual(['asked', 'answered']);
    const silent = await play('research-panel', { input: { depth: 'deep' } });
    expect([silent.outputs, lacking(silent)]).toEqual([refused.outputs, lacking(refused)]);
    expect(silent.makespanMs).toBeGreaterThan(3_600_000);
  });
});
