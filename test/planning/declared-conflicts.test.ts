import { expect, test } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { plan } from '../../src/planning/plan.ts';

const planOf = (conflicts: string) => {
  const { workflow } = loadWorkflowSync(
    `
name: side-by-side
${conflicts}
steps:
  - { id: a, type: persona-request, persona: writer, writes: [text] }
  - { id: b, type: persona-request, persona: writer, writes: [text] }
`,
    { text: true },
  );
  if (workflow === null) throw new Error('the workflow could not be read');
  return plan(workflow);
};

test('conflicts that are declared to be settled cost no quality, and the plan says how they are', () => {
  const guided = planOf('conflicts: { persona: lead }');
  expect([guided.chosen.name, guided.chosen.score.quality, guided.groups[0]?.strategy.kind]).toEqual([
    'maximum_parallel',
    1,
    'guided_merge',
  ]);
  const merged = planOf('conflicts: { ladder: [automatic, rerun] }');
  expect([merged.chosen.name, merged.groups[0]?.strategy.kind]).toEqual(['maximum_parallel', 'automatic_merge']);
});

test('what must never be touched by two at once is done one after the other, whatever is declared', () => {
  expect(planOf('conflicts: { persona: lead }\ncritical: [text]').groups[0]?.strategy.kind).toBe('sequential_fallback');
});
