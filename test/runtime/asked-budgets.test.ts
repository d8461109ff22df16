// Who is asked for more when those who asked before have gone, when people said no before, and when something is to be undone.
import { expect, test } from 'vitest';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { Lives } from './lives.ts';
import { watchedCrew } from './take-over.ts';

const used = (tokens: number): ScriptedAnswer => ({ after: 10, output: 1, usage: { tokens } });
const outcomes = ({ steps }: RunView) => Object.fromEntries(steps.map(({ path, outcome }) => [path, outcome]));
const task = (id: string, more = '') => `{ id: ${id}, type: persona-request, persona: p${more} }`;

test('whoever asks and is not wanted any more takes the question along: the next in line asks', async () => {
  const workflow = loaded(`
name: race
budget: { tokens: 100, attempt: 60, on_spent: ask }
steps:
  - ${task('first')}
  - id: race
    type: parallel
    wait_for: any
    dependencies: first
    steps: [${task('slow')}, { id: quick, type: wait-for-signal, signal: go }]
  - { id: tick, type: wait-for-signal, signal: tick }
  - ${task('other', ', dependencies: [first, tick]')}
`);
  const play = { workflow, script: { '*': used(60) }, maxConcurrency: 5 };
  const { status, view } = await simulate(workflow, {
    crew: watchedCrew(play, { begun: [], answered: new Set<string>() }),
    happenings: [
      { at: 30, do: 'signal', name: 'tick' },
      { at: 50, do: 'signal', name: 'go' },
      { at: 100, do: 'answer', step: 'other', by: 'ann', decision: 'edit', values: { tokens: 20 } },
    ],
  });
  expect([status, outcomes(view)]).toEqual([
    'completed',
    { first: 'completed', race: 'completed', slow: 'cancelled', quick: 'completed', tick: 'completed', other: 'completed' },
  ]);
  expect(view.steps.find(({ path }) => path === 'slow')?.audit.map(({ what }) => what)).toEqual(['asked', 'withdrawn']);
});

test('who said no is asked again once somebody has given something', async () => {
  const lives = new Lives();
  const workflow = loaded(
    `name: no\non_failure: best_effort\nsteps: [{ id: g, type: parallel, budget: { tokens: 50, attempt: 40, on_spent: ask }, steps: [${task('a')}, ${task('b')}, { id: gate, type: wait-for-signal, signal: go }, ${task('late', ', dependencies: gate')}] }]\n`,
  );
  const script = { '*': used(40) };
  await lives.start(workflow, script);
  const view = await lives.live(script, async (runtime) => {
    const run = await runtime.resume('run');
    await run.answer('b', { by: 'ann', decision: 'reject' });
    await run.raiseBudget({ byStep: { g: 60 } });
    await run.signal('go');
    return run;
  });
  expect(outcomes(view)).toMatchObject({ b: 'failed', late: null });
  expect(view.steps.find(({ path }) => path === 'late')?.question).not.toBeNull();
});

test('what undoes something begins though nothing is left', async () => {
  const workflow = loaded(`
name: undone
budget: { tokens: 50, attempt: 40 }
steps:
  - ${task('deploy', ', compensate: { persona: p }')}
  - ${task('check', ', dependencies: deploy')}
`);
  const play = { workflow, script: { '*': used(40) }, maxConcurrency: 5 };
  const end = await simulate(workflow, { crew: watchedCrew(play, { begun: [], answered: new Set<string>() }) });
  // 40 for the deployment, and as many for taking it back.
  expect([end.failure?.code, end.view.budget]).toMatchObject(['BUDGET_SPENT', { spent: 80, left: -30 }]);
});
