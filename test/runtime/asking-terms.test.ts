// On what terms people are asked: times from templates, and for leave to begin everything that an approval may say.
import { loadWorkflowSync, type Workflow } from 'troupe';
import { simulate } from 'troupe/testing';
import { describe, expect, it } from 'vitest';

const MINUTE = 60_000;
const crew = { personas: { '*': () => ({ hours: 2, wait: '90m' }) } };

function loaded(text: string): Workflow {
  const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

const asking = (terms: string) =>
  loaded(`name: asking
steps:
  - { id: plan, type: persona-request, persona: planner }
  - { id: ask, type: approval, subject: Ship it?, assignee: ann, dependencies: plan, ${terms} }
`);

const told = async (workflow: Workflow, step: string, more: Parameters<typeof simulate>[1] = {}) => {
  const played = await simulate(workflow, { crew, ...more });
  const view = played.view.steps.find(({ path }) => path === step);
  return { played, view, audit: view?.audit.map(({ at, what, to }) => [at / MINUTE, what, ...(to ?? [])]) };
};

describe('the times of a question', () => {
  it('may come from what the run knows when it asks', async () => {
    const workflow = asking(
      'due: "{{ steps.plan.wait }}", remind: { every: "{{ steps.plan.hours * 1800 }}", times: 1 }, escalate: [{ to: ben, after: "{{ steps.plan.hours }}h" }], timeout: 1d',
    );
    const { audit, view } = await told(workflow, 'ask', { happenings: [{ at: 200 * MINUTE, do: 'answer', step: 'ask', by: 'ben' }] });
    expect(audit).toEqual([
      [0, 'asked', 'ann'],
      [60, 'reminded', 'ann'],
      [90, 'reminded', 'ann'],
      [120, 'escalated', 'ann', 'ben'],
      [200, 'answered'],
    ]);
    expect(view?.outcome).toBe('completed');
  });

  it('are seen while it is open', async () => {
    const { view } = await told(asking('due: "{{ steps.plan.wait }}"'), 'ask');
    expect(view?.question).toMatchObject({ askedAt: 0, dueAt: 90 * MINUTE, expiresAt: null });
  });

  it('that come to nothing refuse the step, which asks nobody', async () => {
    for (const terms of [
      'due: "{{ steps.plan }}"',
      'remind: "{{ -1 }}"',
      'escalate: [{ to: ben, after: "{{ steps.plan.wait }} or so" }]',
    ]) {
      const { played, audit } = await told(asking(terms), 'ask');
      expect([played.failure?.code, audit]).toEqual(['TEMPLATE_FAILED', []]);
      expect(played.failure?.message).toContain('is no duration');
    }
  });

  it.each([
    ['due: "{{ steps.plna.wait }}"', '4:96 NAME_UNKNOWN'],
    ['remind: { every: "{{ 1 + }}" }', '4:106 TEMPLATE_INVALID'],
    ['due: soon', '4:93 DURATION_INVALID'],
  ])('are checked where they stand: %s', (terms, problem) => {
    const { diagnostics } = loadWorkflowSync(
      `name: x\nsteps:\n  - { id: plan, type: persona-request, persona: p }\n  - { id: ask, type: approval, subject: Ship it?, assignee: ann, dependencies: plan, ${terms} }\n`,
      { text: true },
    );
    expect(diagnostics.map(({ line, code }) => `${line} ${code}`)).toEqual([problem.replace(/:\d+/u, '')]);
  });
});

describe('leave to begin', () => {
  const watched = (oversight: string) =>
    loaded(`name: watched
oversight: { assignee: [ann, ben], ${oversight} }
steps: [{ id: drop, type: persona-request, persona: worker, criticality: critical }]
`);

  it('is reminded of, escalated and given by as many as must', async () => {
    const workflow = watched('quorum: 2, due: 30m, remind: { every: 1h, times: 1 }, escalate: [{ to: boss, after: 2h }], delegate: false');
    const { audit, view, played } = await told(workflow, 'drop', {
      happenings: [
        { at: MINUTE, do: 'answer', step: 'drop', by: 'ann' },
        { at: 2 * MINUTE, do: 'delegate', step: 'drop', by: 'ben', to: 'eve' },
        { at: 180 * MINUTE, do: 'answer', step: 'drop', by: 'boss' },
      ],
    });
    expect(audit).toEqual([
      [0, 'asked', 'ann', 'ben'],
      [1, 'answered'],
      [2, 'refused', 'eve'],
      [30, 'reminded', 'ann', 'ben'],
      [60, 'reminded', 'ann', 'ben'],
      [120, 'escalated', 'ann', 'ben', 'boss'],
      [180, 'answered'],
    ]);
    expect([view?.attempts, played.status]).toEqual([1, 'completed']);
  });

  it.each([
    ['quorum: 3', 'QUORUM_IMPOSSIBLE'],
    ['due: 2h, timeout: 1h', 'DECLARATION_CONFLICT'],
    ['escalate: [{ to: boss, after: 2h }], timeout: 1h', 'DECLARATION_CONFLICT'],
    ['remind: 0', 'VALUE_RANGE'],
    ['remind: { evry: 1h }', 'KEY_UNKNOWN'],
    ['quorum: 0', 'VALUE_RANGE'],
  ])('on terms that cannot hold is refused: %s', (terms, code) => {
    const text = `name: x\noversight: { assignee: [ann, ben], ${terms} }\nsteps: [{ id: a, type: persona-request, persona: p }]\n`;
    const { diagnostics } = loadWorkflowSync(text, { text: true });
    expect(diagnostics.map((problem) => `${problem.line} ${problem.code}`)).toContain(`2 ${code}`);
  });
});
