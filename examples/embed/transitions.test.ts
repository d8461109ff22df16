// What you write to property-test a workflow of your own: it runs on virtual time, so hours of backoff take milliseconds.
import fc from 'fast-check';
import { loadWorkflow } from 'troupe';
import { scriptedAgent, simulate } from 'troupe/testing';
import { expect, test } from 'vitest';

const { workflow } = await loadWorkflow(`
name: deploy
steps:
  - { id: build, name: Build, type: persona-request, persona: builder, retries: { max: 3, delay: 10m } }
  - { id: ship, name: Ship, type: persona-request, persona: shipper, dependencies: [build] }
`);

test('nothing is shipped that was not built, however often building fails', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 6 }), async (failures) => {
      const builder = scriptedAgent('builder', { build: [...Array(failures).fill({ fail: 'red' }), { output: 'green' }] });
      if (workflow === null) throw new Error('the workflow does not load');
      const { history, status } = await simulate(workflow, { crew: { personas: { builder, shipper: () => 'shipped' } } });
      expect(status).toBe(failures <= 3 ? 'completed' : 'failed');
      expect(Object.fromEntries(history).ship).toBe(failures <= 3 ? 'completed' : 'skipped');
    }),
    { numRuns: 20 },
  );
});
