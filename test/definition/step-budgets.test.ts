// Budgets of steps: what is built is what the file that says the same is read as; what cannot hold, or says less than it seems to, is told.
import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { errorData } from '../../src/protocol/errors.ts';
import { diagnosed, withSteps } from './diagnosed.ts';
import { same } from './same-definition.ts';

const p = { persona: 'p' };

describe('budgets of steps', () => {
  it('are built as the file says', () => {
    const nested = defineWorkflow({ name: 'inner', budget: { tokens: 70, attempt: 7 } })
      .step('x', p)
      .build();
    const built = defineWorkflow({ name: 'x', budget: { tokens: 1000, attempt: 10 } })
      .step('alone', { ...p, budget: { tokens: 90, attempt: 30 } })
      .sequence('in_order', { after: 'alone', budget: { tokens: 80, onSpent: 'ask' } }, (g) => g.step('a', p))
      .phase('build', { budget: { tokens: 60, onSpent: { assignee: 'ann', role: 'owner', timeout: '2h' } } }, (g) => g.step('b', p))
      .choice('either', { condition: 'true', budget: { tokens: 50 }, then: (g) => g.step('c', p) })
      .map('each', { over: '[1, 2]', budget: { tokens: 40 } }, (s) => s.step('one', { ...p, budget: { tokens: 20 } }))
      .vote('panel', { ...p, voters: 2, budget: { tokens: 30 } })
      .nested('own', nested)
      .nested('other', nested, { budget: { tokens: 20 } })
      .build();
    same(
      { ...built, steps: built.steps.filter(({ kind }) => kind !== 'workflow') },
      `name: x
budget: { tokens: 1000, attempt: 10 }
steps:
  - { id: alone, type: persona-request, persona: p, budget: { tokens: 90, attempt: 30 } }
  - { id: in_order, type: sequence, dependencies: alone, budget: { tokens: 80, on_spent: ask }, steps: [{ id: a, type: persona-request, persona: p }] }
  - id: build
    type: phase
    budget: { tokens: 60, on_spent: { assignee: ann, role: owner, timeout: 2h } }
    steps: [{ id: b, type: persona-request, persona: p }]
  - { id: either, type: conditional, condition: 'true', budget: { tokens: 50 }, then_steps: [{ id: c, type: persona-request, persona: p }] }
  - { id: each, type: map, over: '[1, 2]', budget: { tokens: 40 }, steps: [{ id: one, type: persona-request, persona: p, budget: { tokens: 20 } }] }
  - { id: panel, type: vote, persona: p, voters: 2, budget: { tokens: 30 } }
`,
    );
    expect(built.steps.flatMap(({ kind, budget }) => (kind === 'workflow' ? [budget] : []))).toEqual([
      { tokens: 70, attempt: 7 },
      { tokens: 20 },
    ]);
  });

  it('of a nested workflow are what its file says, unless the step says otherwise', () => {
    const inner = `name: inner\nbudget: { tokens: 70, attempt: 7 }\n${withSteps('- { id: x, type: persona-request, persona: p }').split('\n').slice(1).join('\n')}`;
    const text = withSteps(
      '- { id: own, type: workflow, workflow: inner }',
      '- { id: other, type: workflow, workflow: inner, budget: { tokens: 20 } }',
    );
    const { workflow } = loadWorkflowSync(text, { text: true, workflows: () => inner });
    expect(workflow?.steps.map(({ budget }) => budget)).toEqual([{ tokens: 70, attempt: 7 }, { tokens: 20 }]);
  });

  const task = 'type: persona-request, persona: p';
  it.each<[string, string, readonly string[]]>([
    [
      'one that holds more than what is around it',
      `- { id: g, type: group, budget: { tokens: 50, attempt: 5 }, steps: [{ id: a, ${task}, budget: { tokens: 60 } }] }`,
      ['3:133 BUDGET_ABOVE_OUTER'],
    ],
    [
      'one that does not hold what a single attempt of a step requires',
      `- { id: g, type: group, budget: { tokens: 50 }, steps: [{ id: a, ${task}, requires: { tokens: 60 } }, { id: b, ${task}, requires: { tokens: 50 } }] }`,
      ['3:123 BUDGET_BELOW_ATTEMPT'],
    ],
    [
      'one that does not hold what is expected of every attempt, of a vote, too, unless people may give more',
      `- { id: g, type: group, steps: [
      { id: a, ${task}, budget: { tokens: 50, attempt: 60 } },
      { id: v, type: vote, persona: p, voters: 2, budget: { tokens: 5, attempt: 6 } },
      { id: c, ${task}, budget: { tokens: 50, attempt: 60, on_spent: ask } } ] }`,
      ['4:15 BUDGET_BELOW_ATTEMPT', '5:15 BUDGET_BELOW_ATTEMPT'],
    ],
    [
      'one by which nothing is held up',
      `- { id: g, type: group, budget: { tokens: 50 }, steps: [{ id: a, ${task} }] }`,
      ['3:27 DECLARATION_CONFLICT'],
    ],
    [
      'one that goes by what is expected around it',
      `- { id: g, type: group, budget: { tokens: 50, attempt: 5 }, steps: [{ id: a, ${task}, budget: { tokens: 9 } }] }`,
      [],
    ],
    [
      'one of a map, by what its body needs',
      `- { id: m, type: map, over: '[1]', budget: { tokens: 50 }, steps: [{ id: a, ${task}, requires: { tokens: 5 } }] }`,
      [],
    ],
    ['one without tokens', `- { id: a, ${task}, budget: { attempt: 5 } }`, ['3:57 KEY_MISSING']],
    ['one of nothing', `- { id: a, ${task}, budget: { tokens: 0, attempt: 1 } }`, ['3:67 VALUE_RANGE']],
    ['a misspelt key', `- { id: a, ${task}, budget: { tokens: 5, attemt: 1 } }`, ['3:70 KEY_UNKNOWN']],
    [
      'a step that spends nothing',
      `- { id: w, type: wait-for-signal, signal: x, budget: { tokens: 5, attempt: 1 } }`,
      ['3:48 KEY_UNKNOWN'],
    ],
  ])('%s', (_, step, problems) => {
    expect(diagnosed(withSteps(step))).toEqual(problems);
  });

  it('that hold nothing are refused when they are built', () => {
    const codes = [{ tokens: 0 }, { tokens: 5, attempt: -1 }].map((budget) => {
      try {
        return defineWorkflow({ name: 'x' })
          .group('g', { budget }, (g) => g.step('a', p))
          .build().name;
      } catch (error) {
        return errorData(error).details?.codes;
      }
    });
    expect(codes).toEqual([['VALUE_RANGE'], ['VALUE_RANGE']]);
  });
});
