// A host that dies after any of the facts of a run with budgets at every level: the accounts come out as if it had lived.
import { describe, expect, test } from 'vitest';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { leftovers } from './leftovers.ts';
import type { Play } from './play.ts';
import { takeOver, watchedCrew } from './take-over.ts';

const nobody = () => ({ begun: [], answered: new Set<string>() });
const task = (id: string, more = '') => `{ id: ${id}, type: persona-request, persona: p${more} }`;

const levels = (onSpent: string): Play => ({
  workflow: loaded(`name: levels
on_failure: best_effort
budget: { tokens: 260, attempt: 20 }
steps:
  - id: build
    type: phase
    budget: { tokens: 130 }
    gate: { check: steps.work.n > 1, on_failure: rework, max: 3 }
    steps:
      - ${task('work', ', budget: { tokens: 60 }')}
      - { id: each, type: map, over: '[1, 2]', tolerate: 2, budget: { tokens: 70${onSpent} }, steps: [${task('item', ', retries: { max: 2, delay: 5ms }')}] }
  - { id: panel, type: vote, dependencies: build, personas: [p, p, p], budget: { tokens: 50, attempt: 15 } }
  - ${task('last', ', dependencies: [build, panel], requires: { tokens: 40 }')}
`),
  maxConcurrency: 1,
  script: {
    work: [
      { after: 5, output: { n: 1 }, usage: { tokens: 25 } },
      { after: 5, output: { n: 2 }, usage: { tokens: 15 } },
    ],
    item: [
      { after: 5, fail: 'no', usage: { tokens: 15 } },
      { after: 5, output: 'x' },
    ],
    '*': { after: 5, output: 'same', usage: { tokens: 22 } },
  },
});

const standing = ({ status, steps, budget }: RunView) => ({ status, outcomes: steps.map(({ path, outcome }) => [path, outcome]), budget });

describe('budgets at every level, wherever the host dies', () => {
  test.each([
    ['which ends', ''],
    ['which waits for people', ', on_spent: ask'],
  ])('of a run %s', async (_, onSpent) => {
    const play = levels(onSpent);
    const whole = await simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: 1 });
    expect(whole.status).toBe(onSpent === '' ? 'completed' : 'waiting');
    expect(whole.view.budget?.accounts.map(({ path }) => path)).toEqual(expect.arrayContaining(['build', 'work', 'each']));
    for (let cut = 1; cut <= whole.journal.length; cut++) {
      const { view, journal } = await takeOver(play, whole, { cut, pauseMs: 3 }, nobody());
      expect([cut, standing(view)]).toEqual([cut, standing(whole.view)]);
      if (onSpent === '') expect([cut, leftovers(foldJournal('simulation', whole.workflow, journal))]).toEqual([cut, {}]);
    }
  });
});
