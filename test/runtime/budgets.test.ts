import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { blueprintOf } from '../../src/planning/draw-blueprint.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { Run } from '../../src/runtime/run.ts';
import { type RunView, viewOf } from '../../src/runtime/run-view.ts';
import { type Happening, type Simulation, simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { leftovers } from './leftovers.ts';
import { Lives } from './lives.ts';
import type { Play } from './play.ts';
import { takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 60;

const nobody = () => ({ begun: [], answered: new Set<string>() });
const perform = (play: Play, happenings: readonly Happening[] = []) =>
  simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: play.maxConcurrency, happenings });

const used = (after: number, tokens: number | null, more: ScriptedAnswer = { output: 1 }): ScriptedAnswer => ({
  ...more,
  after,
  ...(tokens === null ? {} : { usage: { tokens } }),
});

/** Steps side by side, each with what it is expected to use. */
const sideBySide = (budget: string, needs: readonly (number | null)[], more = '') =>
  loaded(
    `
name: thrifty
budget: ${budget}
on_failure: best_effort
steps:
${needs.map((need, i) => `  - { id: s${i}, type: persona-request, persona: p${need === null ? '' : `, requires: { tokens: ${need} }`}${more} }`).join('\n')}
`,
    {},
    ['BUDGET_BELOW_ATTEMPT'],
  );

const play = (budget: string, needs: readonly (number | null)[], uses: readonly ScriptedAnswer[][], more = ''): Play => ({
  workflow: sideBySide(budget, needs, more),
  script: Object.fromEntries(uses.map((answers, i) => [`s${i}`, answers])),
  maxConcurrency: 5,
});

const outcomes = (view: RunView) => view.steps.map(({ outcome }) => outcome);
const answer = (at: number, step: string, tokens: number | null): Happening =>
  tokens === null
    ? { at, do: 'answer', step, by: 'ann', decision: 'reject', reason: 'enough' }
    : { at, do: 'answer', step, by: 'ann', decision: 'edit', values: { tokens } };

describe('the budget of a run', () => {
  test('lets attempts begin while it covers them; who may profit from what others leave over waits, the rest fails', async () => {
    const { view } = await perform(play('{ tokens: 100 }', [60, 60, 60], [[used(10, 20)], [used(10, 70)], [used(10, 5)]]));
    expect(outcomes(view)).toEqual(['completed', 'completed', 'failed']);
    expect(view.budget).toEqual({ tokens: 100, raised: 0, spent: 90, reserved: 0, left: 10, waiting: [], accounts: [] });
    expect(view.steps.map(({ tokens }) => tokens?.spent ?? 0)).toEqual([20, 70, 0]);
    expect(view.steps[2]?.error).toMatchObject({ code: 'BUDGET_SPENT', retryable: false });
    expect(view.steps[2]?.attempts).toBe(0);
  });

  test('is told of while it holds a step up', async () => {
    const { journal, workflow } = await perform(play('{ tokens: 100 }', [60, 60], [[used(10, 20)], [used(10, 20)]]));
    const view = viewOf(foldJournal('simulation', workflow, journal, 1), 0, 0);
    expect(view.budget).toMatchObject({ reserved: 60, left: 40, waiting: ['s1'] });
    expect([view.steps[1]?.state, view.steps[1]?.why]).toEqual([
      'standingInLine',
      'waits for its share of the budget: it needs 60 tokens, 40 of 100 are left; 60 are reserved for attempts in flight',
    ]);
  });

  test('counts every attempt, retries and those who say nothing, too', async () => {
    const retried = play(
      '{ tokens: 100, attempt: 30 }',
      [null],
      [[used(1, 25, { fail: 'no' }), used(1, null, { fail: 'no' }), used(1, 40)]],
      ', retries: 5',
    );
    const { view } = await perform(retried);
    // 25, then the estimate of 30, then 40: the fourth attempt is not needed, and a fourth of 30 would not be covered.
    expect([outcomes(view), view.budget?.spent]).toEqual([['completed'], 95]);
    const spent = await perform(play('{ tokens: 50, attempt: 30 }', [null], [[used(1, 25, { fail: 'no' })]], ', retries: 5'));
    expect([spent.view.steps[0]?.attempts, spent.view.steps[0]?.error?.code]).toEqual([1, 'BUDGET_SPENT']);
  });

  test('counts what comes late, and applies it no more', async () => {
    const deaf = loaded(
      'name: late\nbudget: { tokens: 100 }\nsteps: [{ id: s0, type: persona-request, persona: p, timeout: 10ms, requires: { tokens: 30 } }, { id: s1, type: persona-request, persona: q }]',
    );
    const crew = {
      personas: {
        p: {
          id: 'p',
          perform: async (_: unknown, { sleep }: { sleep: (ms: number) => Promise<void> }) => {
            await sleep(50).catch(() => {});
            return { ok: true as const, output: 'late', usage: { tokens: 45 } };
          },
        },
        q: async ({ sleep }: { sleep: (ms: number) => Promise<void> }) => sleep(100),
      },
    };
    const { view } = await simulate(deaf, { crew });
    expect([view.steps[0]?.outcome, view.lateFacts, view.budget?.spent]).toEqual(['failed', 1, 45]);
  });

  test('is one for nested workflows, maps and votes', async () => {
    const all = loaded(`
name: all
budget: { tokens: 100 }
on_failure: best_effort
steps:
  - { id: each, type: map, over: "[1, 2, 3]", as: n, tolerate: 3, steps: [{ id: one, type: persona-request, persona: p, requires: { tokens: 20 } }] }
  - { id: panel, type: vote, dependencies: each, personas: [p, p], choice: it, requires: { tokens: 20 } }
`);
    const { view } = await perform({ workflow: all, script: { '*': { output: { it: 'a' }, usage: { tokens: 25 } } }, maxConcurrency: 5 });
    expect(view.budget?.spent).toBe(100);
    expect(view.steps.filter(({ error }) => error?.code === 'BUDGET_SPENT').map(({ path }) => path)).toEqual(['panel.2']);
  });
});

describe('people who are asked for more', () => {
  const three = [[used(10, 40)], [used(10, 40)], [used(10, 40)]];

  test('are asked once, on behalf of the first in line, and what they give is for all', async () => {
    const asking = play('{ tokens: 50, on_spent: ask }', [40, 40, 40], three);
    const waiting = await perform(asking);
    expect(waiting.status).toBe('waiting');
    const asked = waiting.view.steps.filter(({ question }) => question !== null);
    expect(asked.map(({ path, question }) => [path, question?.values])).toEqual([['s1', { tokens: 70 }]]);
    expect(asked[0]?.question?.subject).toBe('The budget is spent: 40 of 50 tokens are used. How many more may the run use?');
    const { view } = await perform(asking, [answer(1000, 's1', 70)]);
    expect([outcomes(view), view.budget]).toEqual([
      ['completed', 'completed', 'completed'],
      { tokens: 120, raised: 70, spent: 120, reserved: 0, left: 0, waiting: [], accounts: [] },
    ]);
    expect(view.steps.map(({ audit }) => audit.map(({ what }) => what))).toEqual([[], ['asked', 'answered'], []]);
  });

  test('who give nothing are not asked again: whoever lacks something fails with their answer as the cause', async () => {
    const { view } = await perform(play('{ tokens: 50, on_spent: ask }', [40, 40, 40], three), [answer(1000, 's1', null)]);
    expect(outcomes(view)).toEqual(['completed', 'failed', 'failed']);
    expect(view.steps[1]?.error).toMatchObject({ code: 'BUDGET_SPENT', cause: { code: 'APPROVAL_REJECTED' } });
    expect(view.steps[2]?.error?.message).toContain('no more was given');
  });

  test('who are silent give nothing', async () => {
    const { view } = await perform(play('{ tokens: 50, on_spent: { assignee: ann, timeout: 1h } }', [40, 40], three));
    expect([outcomes(view), view.steps[1]?.error?.cause?.code]).toEqual([['completed', 'failed'], 'APPROVAL_TIMED_OUT']);
  });

  test('are asked no more when the run is cancelled', async () => {
    const { view, journal, workflow } = await perform(play('{ tokens: 50, on_spent: ask }', [40, 40], three), [{ at: 1000, do: 'cancel' }]);
    expect([view.status, view.budget?.waiting, view.budget?.reserved]).toEqual(['cancelled', [], 0]);
    expect(view.steps[1]?.audit.map(({ what }) => what)).toEqual(['asked', 'withdrawn']);
    expect(leftovers(foldJournal('simulation', workflow, journal))).toEqual({});
  });
});

describe('a run with a budget that is tried again', () => {
  test('goes on with the account: what was spent is spent', async () => {
    const lives = new Lives();
    const workflow = sideBySide('{ tokens: 100 }', [40, 40], ', retries: 0');
    const failing = { s0: used(1, 30), s1: used(1, 35, { fail: 'no' }) };
    const before = await lives.start({ ...workflow, onFailure: 'continue' }, failing);
    expect([before.status, before.budget?.spent]).toEqual(['failed', 65]);
    const after = await lives.live(failing, (runtime) => runtime.retry('run'));
    expect([after.budget?.spent, after.steps[1]?.error?.code]).toEqual([65, 'BUDGET_SPENT']);
    const fork = await lives.live(failing, (runtime) => runtime.fork('run', { id: 'fork', with: { s1: 1 } }));
    expect([fork.status, fork.budget?.spent]).toEqual(['completed', 0]);
  });
});

const drawn = fc.record({
  total: fc.integer({ min: 1, max: 120 }),
  ask: fc.boolean(),
  steps: fc.array(
    fc.record({
      need: fc.option(fc.integer({ min: 1, max: 50 })),
      retries: fc.nat(2),
      answers: fc.array(fc.record({ after: fc.constantFrom(0, 5, 20), fails: fc.boolean(), tokens: fc.option(fc.nat(60)) }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  given: fc.option(fc.integer({ min: 1, max: 60 })),
  point: fc.nat(),
  places: fc.constantFrom(1, 3),
});

/** Nothing is reserved that is not covered, but for what attempts have used beyond their estimates; whoever is in flight has reserved its own. */
function keepsToIt({ workflow, journal }: Simulation, needs: ReadonlyMap<string, number>): void {
  const run = new Run('simulation', blueprintOf(workflow), journal[0]?.fact as RunStarted);
  let beyond = 0;
  for (const { fact } of journal) {
    run.deliver(fact);
    if ('usage' in fact) beyond += Math.max(0, (fact.usage?.tokens ?? 0) - (needs.get(fact.step) ?? 0));
    const { budget, inFlight } = run.state;
    const { spent = 0, reserved = 0, total = 0 } = budget?.ledger.account('') ?? {};
    expect(spent + reserved).toBeLessThanOrEqual((total ?? 0) + beyond);
    const expected = [...inFlight.values()].reduce((sum, { step }) => sum + (needs.get(step) ?? 0), 0);
    expect(reserved).toBeGreaterThanOrEqual(expected);
  }
}

/** What every attempt that has ended counts with, by the journal: what it has said first, else its estimate. */
function recounted(journal: Simulation['journal'], needs: ReadonlyMap<string, number>): number {
  const said = new Map<string, number>();
  for (const { fact } of journal) {
    if (fact.type !== 'task.completed' && fact.type !== 'task.failed') continue;
    const key = `${fact.step}#${fact.attempt}`;
    if (!said.has(key)) said.set(key, fact.usage?.tokens ?? needs.get(fact.step) ?? 0);
  }
  return [...said.values()].reduce((sum, tokens) => sum + tokens, 0);
}

describe('budgets, whatever is used', () => {
  test('every run ends or waits for a person; no attempt begins that is not covered; the account is the same wherever the host dies', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async ({ total, ask, steps, given, point, places }) => {
        const text = `name: random\nbudget: { tokens: ${total}, attempt: 7${ask ? ', on_spent: ask' : ''} }\nsteps:\n${steps
          .map(
            ({ need, retries }, i) =>
              `  - { id: s${i}, type: persona-request, persona: p, retries: { max: ${retries}, delay: 1ms }${need === null ? '' : `, requires: { tokens: ${need} }`} }`,
          )
          .join('\n')}`;
        const script = Object.fromEntries(
          steps.map(({ answers }, i) => [
            `s${i}`,
            answers.map(({ after, fails, tokens }) => used(after, tokens, fails ? { fail: 'no' } : { output: i })),
          ]),
        );
        const one: Play = { workflow: loaded(text, {}, ['BUDGET_BELOW_ATTEMPT']), script, maxConcurrency: places };
        const whole = await perform(one);
        const asked = whole.view.steps.find(({ question }) => question !== null)?.path;
        const end = asked === undefined ? whole : await perform(one, [answer(100_000, asked, given)]);
        expect(end.status === 'waiting' ? end.view.steps.some(({ question }) => question !== null) : true).toBe(true);
        if (end.status !== 'waiting') expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
        const needs = new Map(steps.map(({ need }, i) => [`s${i}`, need ?? 7]));
        keepsToIt(end, needs);
        const cut = 1 + (point % whole.journal.length);
        const { view, journal } = await takeOver(one, whole, { cut, pauseMs: 0 }, nobody());
        expect(view.budget?.spent).toBe(recounted(journal, needs));
        // Side by side, whoever begins again after a death ends later than it would have, and others may come first.
        if (places > 1) return;
        expect([view.status, outcomes(view), view.budget]).toEqual([whole.view.status, outcomes(whole.view), whole.view.budget]);
      }),
      { numRuns: RUNS },
    );
  });
});
