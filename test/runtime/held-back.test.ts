import { expect, test } from 'vitest';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunEvent } from '../../src/runtime/run-event.ts';
import { viewOf } from '../../src/runtime/run-view.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';

const workflow = loaded(`
name: tight
limits: { memory_mb: 1024 }
steps:
  - { id: train, type: persona-request, persona: p, requires: { memory_mb: 768 } }
  - { id: test, type: persona-request, persona: p, requires: { memory_mb: 512 } }
`);

test('an attempt that waits for resources says for which, who has them, and no longer than it waits', async () => {
  const events: RunEvent[] = [];
  const { journal, view } = await simulate(workflow, {
    crew: { personas: { p: async ({ sleep }) => sleep(1_000) } },
    onEvent: (event) => events.push(event),
  });
  const why = '512 MB of memory within run simulation, where 256 of 1,024 are left, in use by train#1';
  const told = journal.findIndex(({ fact }) => fact.type === 'task.held_back');
  expect(journal[told]?.fact).toMatchObject({ step: 'test', attempt: 1, why });
  expect(journal.filter(({ fact }) => fact.type === 'task.held_back')).toHaveLength(1);
  expect(events).toContainEqual(expect.objectContaining({ type: 'task.held_back', step: 'test', why }));
  const before = viewOf(foldJournal('simulation', workflow, journal.slice(0, told + 2)), 0, 0);
  expect(before.steps.map((step) => step.why)).toEqual([
    expect.stringContaining('attempt 1 is with persona p'),
    `attempt 1 waits for ${why}`,
  ]);
  expect(view.steps.map((step) => step.why?.includes('waits'))).not.toContain(true);
  expect(view.status).toBe('completed');
});
