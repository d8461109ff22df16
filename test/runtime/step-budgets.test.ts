// Steps that have a budget of their own: what counts in it, who waits for it, who is asked for more.
import { describe, expect, test } from 'vitest';
import type { AgentScript, ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { errorData } from '../../src/protocol/errors.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { LargerBudgets } from '../../src/runtime/raised-budgets.ts';
import { type RunView, viewOf } from '../../src/runtime/run-view.ts';
import { type Happening, simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { leftovers } from './leftovers.ts';
import { Lives } from './lives.ts';
import { watchedCrew } from './take-over.ts';

const used = (tokens: number, more: ScriptedAnswer = { output: 1 }): ScriptedAnswer => ({ after: 10, usage: { tokens }, ...more });

const perform = (text: string, script: AgentScript, happenings: readonly Happening[] = []) => {
  const play = { workflow: loaded(`name: levels\non_failure: best_effort\n${text}`), script, maxConcurrency: 5 };
  return simulate(play.workflow, { crew: watchedCrew(play, { begun: [], answered: new Set<string>() }), maxConcurrency: 5, happenings });
};

const task = (id: string, more = '') => `{ id: ${id}, type: persona-request, persona: p${more} }`;
const step = (view: RunView, path: string) => view.steps.find((each) => each.path === path);
const accounts = ({ budget }: RunView) => budget?.accounts.map(({ owner, spent }) => [owner, spent]);

describe('the budget of a step', () => {
  test('is what everything inside it may use; the tightest account decides, and is named', async () => {
    const { view } = await perform(
      `budget: { tokens: 1000, attempt: 30 }
steps:
  - { id: build, type: sequence, budget: { tokens: 50 }, steps: [${task('a')}, ${task('b')}] }
  - ${task('after', ', dependencies: build')}
`,
      { '*': used(25) },
    );
    expect(view.steps.map(({ path, outcome }) => [path, outcome])).toEqual([
      ['build', 'completed'],
      ['a', 'completed'],
      ['b', 'failed'],
      ['after', 'completed'],
    ]);
    expect(step(view, 'b')?.error).toMatchObject({
      code: 'BUDGET_SPENT',
      message: 'b is expected to use 30 tokens, and 25 of 50 are left in the budget of sequence build',
      where: 'b',
      details: { account: 'build' },
    });
    expect([view.budget?.spent, accounts(view)]).toEqual([50, [['sequence build', 25]]]);
  });

  test('counts where the run has none: that limits nothing', async () => {
    const { view } = await perform(`steps: [${task('a', ', budget: { tokens: 50, attempt: 30 }')}, ${task('b')}]\n`, { '*': used(70) });
    expect(view.budget).toMatchObject({ tokens: null, left: null, spent: 140, reserved: 0 });
    expect(view.budget?.accounts).toEqual([
      { path: 'a', owner: 'step a', tokens: 50, raised: 0, spent: 70, reserved: 0, left: -20, waiting: [] },
    ]);
  });

  test('counts all retries of a task, all items of a map, all voters and their judge, all rounds of a phase, and what is nested', async () => {
    const { view } = await perform(
      `steps:
  - ${task('again', ', retries: { max: 2, delay: 1ms }, budget: { tokens: 500, attempt: 1 }')}
  - { id: each, type: map, over: '[1, 2, 3]', budget: { tokens: 500, attempt: 1 }, steps: [${task('item')}] }
  - { id: panel, type: vote, personas: [p, p], judge: p, rule: judged, budget: { tokens: 500, attempt: 1 } }
  - id: rounds
    type: phase
    budget: { tokens: 500, attempt: 1 }
    gate: { check: 'steps.work > 2', on_failure: rework, max: 5 }
    steps: [${task('work')}]
  - { id: either, type: conditional, condition: 'true', budget: { tokens: 500, attempt: 1 }, then_steps: [${task('taken')}] }
`,
      {
        again: [used(1, { fail: 'no' }), used(1, { fail: 'no' }), used(1)],
        item: used(10),
        work: [used(100, { output: 1 }), used(100, { output: 2 }), used(100, { output: 3 })],
        taken: used(7),
        '*': used(20, { output: 'x' }),
      },
    );
    expect(Object.fromEntries(accounts(view) ?? [])).toEqual({
      'step again': 3,
      'map each': 30,
      'vote panel': 60,
      'phase rounds': 300,
      'conditional either': 7,
    });
    expect(view.budget?.spent).toBe(400);
  });

  test('holds nobody up who needs nothing of it, and reserves nothing elsewhere for those who wait', async () => {
    const { journal, workflow, view } = await perform(
      `budget: { tokens: 200, attempt: 40 }
steps:
  - { id: narrow, type: parallel, budget: { tokens: 50 }, steps: [${task('a')}, ${task('b')}] }
  - { id: wide, type: parallel, steps: [${task('c')}, ${task('d')}] }
`,
      { '*': used(5) },
    );
    const first = viewOf(foldJournal('simulation', workflow, journal, 1), 0, 0);
    expect([first.budget?.reserved, first.budget?.accounts]).toMatchObject([120, [{ path: 'narrow', reserved: 40, waiting: ['b'] }]]);
    expect(step(first, 'b')?.why).toBe(
      'waits for its share of the budget of parallel narrow: it needs 40 tokens, 10 of 50 are left; 40 are reserved for attempts in flight',
    );
    expect(view.steps.every(({ outcome }) => outcome === 'completed')).toBe(true);
  });
});

describe('people who may give more to a step', () => {
  const text = `budget: { tokens: 1000, attempt: 40 }
steps:
  - { id: build, type: parallel, budget: { tokens: 50, on_spent: { assignee: ann } }, steps: [${task('a')}, ${task('b')}, ${task('c')}] }
  - ${task('beside')}
`;
  const answer: Happening = { at: 1000, do: 'answer', step: 'b', by: 'ann', decision: 'edit', values: { tokens: 70 } };

  test('are asked once for its account, and give to that alone', async () => {
    const waiting = await perform(text, { '*': used(40) });
    const { question } = step(waiting.view, 'b') ?? {};
    expect(question).toMatchObject({
      subject: 'The budget of parallel build is spent: 40 of 50 tokens are used. How many more may it use?',
      params: { account: 'build', waiting: ['b', 'c'] },
      values: { tokens: 70 },
      people: ['ann'],
    });
    expect([waiting.status, step(waiting.view, 'beside')?.outcome]).toEqual(['waiting', 'completed']);
    const { view } = await perform(text, { '*': used(40) }, [answer]);
    expect(view.budget).toMatchObject({
      tokens: 1000,
      raised: 0,
      spent: 160,
      accounts: [{ tokens: 120, raised: 70, spent: 120, left: 0 }],
    });
  });

  test('give nothing: whoever lacks something of it is refused, and nobody else', async () => {
    const { view } = await perform(text, { '*': used(40) }, [
      { at: 1000, do: 'answer', step: 'b', by: 'ann', decision: 'reject', reason: 'enough' },
    ]);
    expect(view.steps.map(({ path, outcome }) => [path, outcome])).toEqual([
      ['build', 'completed'],
      ['a', 'completed'],
      ['b', 'failed'],
      ['c', 'failed'],
      ['beside', 'completed'],
    ]);
  });
});

describe('a run that goes on', () => {
  test('is given more without anybody having answered: the question is withdrawn, and everybody who lacked it goes on', async () => {
    const lives = new Lives();
    const workflow = loaded(
      `name: live\nsteps: [{ id: g, type: parallel, budget: { tokens: 50, attempt: 40, on_spent: ask }, steps: [${task('a')}, ${task('b')}, ${task('c')}] }]\n`,
    );
    const script = { '*': used(40) };
    const waiting = await lives.start(workflow, script);
    expect([step(waiting, 'b')?.question !== null, waiting.budget?.accounts[0]?.waiting]).toEqual([true, ['b', 'c']]);
    const more = await lives.live(script, async (runtime) => {
      const run = await runtime.resume('run');
      await expect(run.raiseBudget({ byStep: { g: 50 } })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      await expect(run.raiseBudget({ byStep: { g: Number.POSITIVE_INFINITY } })).rejects.toMatchObject({
        message: expect.stringContaining('must be a number'),
      });
      await run.raiseBudget({ byStep: { g: 100 } });
      return run;
    });
    // Enough for one of them: people are asked anew for the other.
    expect(more.steps.map(({ path, outcome, question }) => [path, outcome, question !== null])).toEqual([
      ['g', null, false],
      ['a', 'completed', false],
      ['b', 'completed', false],
      ['c', null, true],
    ]);
    expect(step(more, 'b')?.audit.map(({ what }) => what)).toEqual(['asked', 'withdrawn']);
    const end = await lives.live(script, async (runtime) => {
      const run = await runtime.resume('run');
      await run.raiseBudget({ byStep: { g: 120 } });
      return run;
    });
    expect([end.status, end.budget?.accounts]).toMatchObject([
      'completed',
      [{ tokens: 120, raised: 70, spent: 120, reserved: 0, waiting: [] }],
    ]);
    expect(leftovers(await lives.fold('run'))).toEqual({});
  });
});

describe('a run that is tried again', () => {
  test('is given more for the run or a step, in all: that is a fact, and it goes on', async () => {
    const lives = new Lives();
    const workflow = loaded(
      `name: more\nbudget: { tokens: 100, attempt: 40 }\nsteps: [{ id: g, type: sequence, budget: { tokens: 50 }, steps: [${task('a')}, ${task('b')}, ${task('c')}] }]\n`,
    );
    const script = { '*': used(40) };
    const before = await lives.start(workflow, script);
    expect([before.status, step(before, 'b')?.error?.details]).toEqual(['failed', { account: 'g' }]);
    const more = await lives.live(script, (runtime) => runtime.retry('run', { budget: { byStep: { g: 120 } } }));
    expect([more.status, step(more, 'c')?.error?.details, more.budget?.accounts[0]]).toMatchObject([
      'failed',
      undefined,
      { tokens: 120, raised: 70, spent: 80 },
    ]);
    const whole = await lives.live(script, (runtime) => runtime.retry('run', { budget: { tokens: 150 } }));
    expect([whole.status, whole.budget]).toMatchObject(['completed', { tokens: 150, raised: 50, spent: 120, accounts: [{ left: 0 }] }]);
    expect((await lives.fold('run')).ended?.outcome).toBe('completed');
  });

  test('is refused budgets that are not there, or no larger', async () => {
    const lives = new Lives();
    const text = `name: less\nsteps: [${task('a', ', budget: { tokens: 10, attempt: 20 }')}, ${task('b')}]\n`;
    const less = loaded(text, {}, ['BUDGET_BELOW_ATTEMPT']);
    expect((await lives.start(less, { '*': used(1) })).status).toBe('failed');
    const refusal = (budget: LargerBudgets) =>
      lives
        .live({}, (runtime) => runtime.retry('run', { budget }))
        .then(
          () => 'taken',
          (thrown) => `${errorData(thrown).code} ${errorData(thrown).message}; ${errorData(thrown).hint}`,
        );
    expect(await refusal({ tokens: 50 })).toBe('INPUT_INVALID the run has no budget in run run; these have one: a');
    expect(await refusal({ byStep: { b: 50 } })).toContain('INPUT_INVALID b has no budget in run run');
    expect(await refusal({ byStep: { a: 10 } })).toContain('INPUT_INVALID the budget of a is 10 tokens already; 10 is no more than that');
    expect(await refusal({ byStep: { a: 30 } })).toBe('taken');
  });

  test('goes on with the accounts of its steps; a fork has its own', async () => {
    const lives = new Lives();
    const workflow = loaded(
      `name: again\nsteps: [{ id: g, type: sequence, budget: { tokens: 100, attempt: 40 }, steps: [${task('a')}, ${task('b')}] }]\n`,
    );
    const script = { a: used(30), b: used(40, { fail: 'no' }) };
    const before = await lives.start(workflow, script);
    expect([before.status, accounts(before)]).toEqual(['failed', [['sequence g', 70]]]);
    const after = await lives.live(script, (runtime) => runtime.retry('run'));
    expect([accounts(after), step(after, 'b')?.error?.code]).toEqual([[['sequence g', 70]], 'BUDGET_SPENT']);
    const fork = await lives.live({ b: used(5) }, (runtime) => runtime.fork('run', { id: 'fork', with: { a: 2 } }));
    expect([fork.status, accounts(fork)]).toEqual(['completed', [['sequence g', 5]]]);
  });
});
