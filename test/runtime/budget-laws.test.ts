// Budgets of runs, groups, maps and tasks, whatever is used and whenever hosts die: accounts hold, come to what was used, and leave nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { blueprintOf } from '../../src/planning/draw-blueprint.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import type { Batch } from '../../src/protocol/journal.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { Run } from '../../src/runtime/run.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { type Happening, type Simulation, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { type BudgetPlay, randomBudgets, type SpendingTask } from './random-budgets.ts';
import { takeOver, watchedCrew } from './take-over.ts';

const IS_DEEP = process.env.TROUPE_DEEP === '1';
const RUNS = IS_DEEP ? 2_000 : 50;

const nobody = () => ({ begun: [], answered: new Set<string>() });
const perform = (play: BudgetPlay, happenings: readonly Happening[] = []) =>
  simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: play.maxConcurrency, happenings });

type Tasks = BudgetPlay['tasks'];
const taskOf = (tasks: Tasks, path: string): SpendingTask => tasks.get(path) ?? { need: 0, accounts: [] };

/** Folds a journal and holds every account, after every fact, to what was used beyond the estimates in it and to what is in flight in it. */
function keepsTo({ workflow }: BudgetPlay, tasks: Tasks, journal: readonly Batch[]): void {
  const run = new Run('simulation', blueprintOf(workflow), journal[0]?.fact as RunStarted);
  const beyond = new Map<string, number>();
  for (const { fact } of journal) {
    run.deliver(fact);
    const { budget, inFlight } = run.state;
    if (budget === null) return;
    if ('usage' in fact) {
      const { need, accounts } = taskOf(tasks, fact.step);
      const more = Math.max(0, (fact.usage?.tokens ?? 0) - need);
      for (const account of accounts) beyond.set(account, (beyond.get(account) ?? 0) + more);
    }
    for (const account of budget.accounts.keys()) {
      const { total, spent, reserved } = budget.ledger.account(account);
      expect(spent + reserved).toBeLessThanOrEqual((total ?? Number.POSITIVE_INFINITY) + (beyond.get(account) ?? 0));
      const flying = [...inFlight.values()].map(({ step }) => taskOf(tasks, step)).filter(({ accounts }) => accounts.includes(account));
      expect(reserved).toBeGreaterThanOrEqual(flying.reduce((sum, { need }) => sum + need, 0));
    }
  }
}

/** By account: what every attempt that has ended counts with, by the journal: what it has said first, else its estimate. */
function recounted(tasks: Tasks, journal: readonly Batch[]): ReadonlyMap<string, number> {
  const said = new Set<string>();
  const spent = new Map<string, number>();
  for (const { fact } of journal) {
    if (fact.type !== 'task.completed' && fact.type !== 'task.failed') continue;
    const key = `${fact.step}#${fact.attempt}`;
    if (said.has(key)) continue;
    said.add(key);
    const { need, accounts } = taskOf(tasks, fact.step);
    for (const account of accounts) spent.set(account, (spent.get(account) ?? 0) + (fact.usage?.tokens ?? need));
  }
  return spent;
}

/** What the view says of every account. */
const counted = ({ budget }: RunView) =>
  budget === null
    ? []
    : [{ path: '', ...budget }, ...budget.accounts].map(({ path, spent, reserved, waiting }) => ({ path, spent, reserved, waiting }));

const asked = ({ steps }: RunView) => steps.find(({ question }) => question !== null)?.path;

/** Lets people answer whatever they are asked, each time with what is next; in the end they give nothing. */
async function answered(play: BudgetPlay, given: readonly (number | null)[]): Promise<Simulation> {
  const happenings: Happening[] = [];
  for (let turn = 0; ; turn++) {
    const end = await perform(play, happenings);
    const step = asked(end.view);
    if (step === undefined || end.status !== 'waiting') return end;
    expect(turn).toBeLessThan(100);
    const tokens = given[turn] ?? null;
    const at = 100_000 * (turn + 1);
    happenings.push(
      tokens === null
        ? { at, do: 'answer', step, by: 'ann', decision: 'reject', reason: 'enough' }
        : { at, do: 'answer', step, by: 'ann', decision: 'edit', values: { tokens } },
    );
  }
}

describe('budgets at every level', () => {
  test('hold; a run ends or waits for a person, and leaves nothing reserved; the accounts come to what was used', async () => {
    await fc.assert(
      fc.asyncProperty(randomBudgets, fc.array(fc.option(fc.integer({ min: 1, max: 60 })), { maxLength: 4 }), async (play, given) => {
        const whole = await perform(play);
        if (whole.status === 'waiting') expect(asked(whole.view)).toBeDefined();
        keepsTo(play, play.tasks, whole.journal);
        const end = await answered(play, given);
        expect(end.status).not.toBe('waiting');
        keepsTo(play, play.tasks, end.journal);
        expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
        const spent = recounted(play.tasks, end.journal);
        for (const account of counted(end.view)) {
          expect(account).toEqual({ path: account.path, spent: spent.get(account.path) ?? 0, reserved: 0, waiting: [] });
        }
      }),
      { numRuns: IS_DEEP ? RUNS : 30 },
    );
  });

  test('come to the same wherever the host dies', async () => {
    await fc.assert(
      fc.asyncProperty(randomBudgets, fc.nat(), async (play, point) => {
        const whole = await perform(play);
        const cut = 1 + (point % whole.journal.length);
        const { view, journal } = await takeOver(play, whole, { cut, pauseMs: 0 }, nobody());
        keepsTo(play, play.tasks, journal);
        const spent = recounted(play.tasks, journal);
        for (const account of counted(view)) expect(account.spent).toBe(spent.get(account.path) ?? 0);
        // Side by side, whoever begins again after a death ends later than it would have, and others may come first.
        if (play.maxConcurrency === 1) expect([view.status, counted(view)]).toEqual([whole.view.status, counted(whole.view)]);
      }),
      { numRuns: IS_DEEP ? RUNS : 30 },
    );
  });

  test('are left as they were found by whoever is cancelled: nothing is reserved, nobody waits', async () => {
    await fc.assert(
      fc.asyncProperty(randomBudgets, fc.nat(60), async (play, at) => {
        const { view, journal, workflow } = await perform(play, [{ at, do: 'cancel' }]);
        for (const { reserved, waiting } of counted(view)) expect([reserved, waiting]).toEqual([0, []]);
        expect(leftovers(foldJournal('simulation', workflow, journal))).toEqual({});
      }),
      { numRuns: IS_DEEP ? RUNS : 30 },
    );
  });
});

describe('a hundred branches at once, in groups that each have a budget', () => {
  const branches = fc.array(fc.record({ need: fc.integer({ min: 1, max: 30 }), tokens: fc.option(fc.nat(45)), after: fc.nat(30) }), {
    minLength: 100,
    maxLength: 100,
  });
  const drawn = fc.record({
    branches,
    whole: fc.integer({ min: 300, max: 2000 }),
    each: fc.array(fc.integer({ min: 20, max: 250 }), { minLength: 10, maxLength: 10 }),
    deaths: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  });

  test('pass no account by more than attempts in flight use beyond their estimates, however often their host dies', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (made) => {
        const play = hundred(made);
        let { journal, workflow } = await perform(play);
        for (const point of made.deaths) {
          const cut = 1 + (point % journal.length);
          ({ journal } = await takeOver(play, { journal, workflow } as Simulation, { cut, pauseMs: 0 }, nobody()));
          keepsTo(play, play.tasks, journal);
        }
        const run = foldJournal('simulation', workflow, journal);
        expect([run.ended?.outcome, leftovers(run)]).toEqual(['completed', {}]);
        const spent = recounted(play.tasks, journal);
        for (const [account, tokens] of spent)
          expect(run.state.budget?.ledger.account(account)).toMatchObject({ spent: tokens, reserved: 0 });
      }),
      { numRuns: IS_DEEP ? 200 : 4 },
    );
  });
});

interface Hundred {
  readonly branches: readonly { readonly need: number; readonly tokens: number | null; readonly after: number }[];
  readonly whole: number;
  readonly each: readonly number[];
}

function hundred({ branches, whole, each }: Hundred): BudgetPlay {
  const groups = each.map((tokens, g) => {
    const members = branches
      .slice(g * 10, g * 10 + 10)
      .map(({ need }, i) => `{ id: s${g * 10 + i}, type: persona-request, persona: p, requires: { tokens: ${need} } }`);
    return `  - { id: g${g}, type: parallel, on_failure: best_effort, budget: { tokens: ${tokens} }, steps: [${members.join(', ')}] }`;
  });
  const { workflow } = loadWorkflowSync(
    `name: hundred\non_failure: best_effort\nbudget: { tokens: ${whole} }\nsteps:\n${groups.join('\n')}\n`,
    { text: true },
  );
  if (workflow === null) throw new Error('it does not load');
  return {
    workflow,
    maxConcurrency: 100,
    script: Object.fromEntries(
      branches.map(({ tokens, after }, i) => [`s${i}`, { output: i, after, ...(tokens === null ? {} : { usage: { tokens } }) }]),
    ),
    tasks: new Map(branches.map(({ need }, i) => [`s${i}`, { need, accounts: [`g${Math.floor(i / 10)}`, ''] }])),
  };
}
