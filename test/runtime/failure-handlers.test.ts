import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { diagnosed } from '../definition/diagnosed.ts';

const handling = (handlers: string, more = '') => `name: t
${more}
failure_handling:
  on_step_failure:
${handlers}
steps:
  - {id: build, type: persona-request, persona: p}
  - {id: checks, type: group, steps: [{id: lint, type: persona-request, persona: p}]}
  - {id: ship, type: persona-request, persona: p, dependencies: build}
`;

async function run(text: string, fails: readonly string[]) {
  const { workflow, diagnostics } = loadWorkflowSync(text);
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  const script = Object.fromEntries(fails.map((id) => [id, { fail: `no ${id}` }]));
  return simulate(workflow, { crew: { personas: { '*': scriptedAgent('player', { ...script, '*': { after: 10, output: 1 } }) } } });
}

const note = (id: string, more: string) => `    - {id: ${id}, type: persona-request, persona: p${more}}`;
const HANDLERS = [note('any', ''), note('ours', ', for: [build, ship]'), note('theirs', ', for: checks')].join('\n');

describe('failure handlers', () => {
  test.each([
    [['build'], ['any', 'ours']],
    [['lint'], ['any', 'theirs']],
    [
      ['lint', 'ship'],
      ['any', 'ours', 'theirs'],
    ],
    [[], []],
  ])('that are for certain steps run when one of these has failed: %j', async (fails, expected) => {
    const { history } = await run(handling(HANDLERS), fails);
    expect(history.flatMap(([step]) => (['any', 'ours', 'theirs'].includes(step) ? [step] : []))).toEqual(expected);
  });

  test('see which step has failed, why, of what kind it was, and all others that have', async () => {
    const set = '{first: "{{ failed_step }}: {{ failure_reason }}", kind: "{{ failure_class }}", all: "{{ failed_steps }}"}';
    const { view } = await run(
      handling(`    - {id: told, type: variables, set: ${set}}\n${note('done', ', params: {all: "{{ all }}"}')}`),
      ['build', 'lint'],
    );
    const told = view.steps.find(({ path }) => path === 'told');
    expect(told?.outcome).toBe('completed');
    const end = await run(
      handling(
        `    - {id: gate, type: conditional, condition: "failure_class == 'agent.error' && failed_steps.map(s => s.step).join(',') == 'build,lint' && failed_steps[1].reason == 'no lint'", then_steps: [${note('right', '').trim().slice(2)}]}`,
      ),
      ['build', 'lint'],
    );
    expect(end.history.find(([step]) => step === 'right')).toEqual(['right', 'completed']);
  });

  test('do not run where the run completes in spite of a failure', async () => {
    const { status, history } = await run(handling(HANDLERS, 'on_failure: best_effort'), ['lint']);
    expect([status, history.map(([step]) => step)]).toEqual(['completed', ['lint', 'checks', 'build', 'ship']]);
  });

  test('that name missing steps, and steps that are no handlers, are reported where they stand', () => {
    const known = { personas: ['p'] };
    expect(diagnosed(handling(note('h', ', for: biuld')), known)).toEqual(['5:55 NAME_UNKNOWN']);
    expect(diagnosed(handling(note('h', ', for: [build, lnt]')), known)).toEqual(['5:63 NAME_UNKNOWN']);
    expect(diagnosed('name: t\nsteps:\n  - {id: a, type: persona-request, persona: p, for: a}', known)).toEqual([
      '3:48 DECLARATION_CONFLICT',
    ]);
    const { diagnostics } = loadWorkflowSync(handling(note('h', ', for: biuld')));
    expect(diagnostics[0]).toMatchObject({ message: 'there is no step "biuld" that could fail', hint: 'did you mean "build"?' });
  });
});
