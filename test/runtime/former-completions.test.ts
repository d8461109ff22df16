import { describe, expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { Task } from '../../src/protocol/task.ts';
import { type Happening, simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { takeOver, watchedCrew } from './take-over.ts';

const THREE = `
name: three
mode: sequential
steps:
  - id: dev
    type: phase
    gate: { rate: 1 }
    steps: [{ id: api, type: persona-request, persona: p, compensate: { persona: p, params: { of: "{{ steps.api }}" } } }]
  - id: ops
    type: phase
    steps:
      - { id: deploy, type: persona-request, persona: p, compensate: { persona: p, params: { of: "{{ steps.deploy }}", with: "{{ steps.api }}" } } }
  - id: monitor
    type: phase
    feedback: { to: dev, findings: watch.errors }
    steps: [{ id: watch, type: persona-request, persona: p }]
`;

const play = (text: string, script: AgentScript, workflows?: (name: string) => string | null) => ({
  workflow: loaded(text, workflows === undefined ? {} : { workflows }),
  script: { ...script, '*': { output: 'done' } },
  maxConcurrency: 5,
});

const run = async (what: ReturnType<typeof play>, happenings: readonly Happening[] = []) => {
  const begun: string[] = [];
  const simulated = await simulate(what.workflow, { crew: watchedCrew(what, { begun, answered: new Set() }), happenings });
  return { ...simulated, begun };
};

describe('what a step did before it was to run again', () => {
  test('is undone where it was never reached again, in the reverse order of completion, with the outputs of then', async () => {
    const asked: Pick<Task, 'step' | 'params'>[] = [];
    const what = play(THREE, {});
    const answers: Record<string, readonly unknown[]> = { api: [1], deploy: [7], watch: [{ status: 'fail', errors: 1 }] };
    const { view, history } = await simulate(what.workflow, {
      crew: {
        personas: {
          '*': async ({ task }) => {
            if (task.step.startsWith('(compensation)/')) asked.push({ step: task.step, params: task.params });
            const answer = answers[task.step]?.[task.attempt - 1];
            if (answer === undefined && task.step === 'api') throw new Error('it does not compile');
            return answer ?? null;
          },
        },
      },
    });
    expect(history.filter(([step]) => step === 'deploy')).toEqual([
      ['deploy', 'completed'],
      ['deploy', 'skipped'],
    ]);
    expect([view.undone, view.notUndone]).toEqual([['deploy', 'api'], []]);
    expect(asked).toEqual([
      { step: '(compensation)/deploy', params: { of: 7, with: 1 } },
      { step: '(compensation)/api', params: { of: 1 } },
    ]);
  });

  test('is undone once where it has completed again', async () => {
    const script: AgentScript = {
      watch: [{ output: { status: 'fail', errors: 1 } }, { fail: 'broken' }],
    };
    const { view } = await run(play(THREE, script));
    expect(view.undone).toEqual(['deploy', 'api']);
  });

  test('is undone inside a nested workflow that was begun anew, when the run is cancelled meanwhile', async () => {
    const inner = 'name: inner\nsteps: [{ id: api, type: persona-request, persona: p, compensate: { persona: p } }]\n';
    const text = `
name: outer
mode: sequential
steps:
  - { id: dev, type: phase, steps: [{ id: w, type: workflow, workflow: inner }] }
  - { id: check, type: phase, feedback: { to: dev, findings: c.n }, steps: [{ id: c, type: persona-request, persona: p }] }
`;
    const script: AgentScript = { 'w/api': [{ output: 1 }, { after: 1000, output: 2 }], c: [{ output: { status: 'fail', n: 1 } }] };
    const { view, status } = await run(
      play(text, script, () => inner),
      [{ at: 500, do: 'cancel' }],
    );
    expect([status, view.undone, view.notUndone]).toEqual(['cancelled', ['w/api'], []]);
  });

  test('is undone wherever the host dies', async () => {
    const script: AgentScript = { api: [{ output: 1 }, { fail: 'no' }], watch: [{ output: { status: 'fail', errors: 1 } }] };
    const what = play(THREE, script);
    const whole = await run(what);
    for (let cut = 1; cut <= whole.journal.length; cut++) {
      const { view } = await takeOver(what, whole, { cut, pauseMs: 0 }, { begun: [], answered: new Set() });
      expect([cut, view.undone]).toEqual([cut, ['deploy', 'api']]);
    }
  });
});
