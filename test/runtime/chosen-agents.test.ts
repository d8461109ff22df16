import { describe, expect, test } from 'vitest';
import { createRuntime, loadWorkflow, type Workflow } from '../../src/index.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { simulate, VirtualTime } from '../../src/testing/index.ts';

async function read(text: string): Promise<Workflow> {
  const { workflow, diagnostics } = await loadWorkflow(text, { text: true });
  expect(diagnostics).toEqual([]);
  if (workflow === null) throw new Error('it does not load');
  return workflow;
}

/** Works so long, ms; `broken` breaks instead. */
const worker = (id: string, ms: number, more: Partial<Agent> = {}, broken = false): Agent => ({
  id,
  capacity: 1,
  async perform(_task, { sleep }) {
    await sleep(ms);
    return broken ? { ok: false, thrown: true, error: { code: 'AGENT_FAILED', message: 'it broke' } } : { ok: true, output: id };
  },
  ...more,
});

const CHAIN = `
name: chain
steps:
  - { id: a, type: persona-request, persona: coder }
  - { id: b, type: persona-request, persona: coder, dependencies: a }
  - { id: c, type: persona-request, persona: coder, dependencies: b, requires: { agent: slow } }
  - { id: d, type: persona-request, persona: coder, dependencies: c, requires: { capabilities: deploy } }
`;

describe('the choice among several agents', () => {
  test('is on record with its reasons, before the end of the attempt, and shown with the step', async () => {
    const crew = { personas: { coder: [worker('quick', 10), worker('slow', 500), worker('deployer', 100, { capabilities: ['deploy'] })] } };
    const { journal, outputs, view } = await simulate(await read(CHAIN), { crew });
    const choices = journal.flatMap(({ fact }) => (fact.type === 'agent.chosen' ? [fact] : []));
    expect(choices.map(({ step, among }) => [step, among])).toEqual(['a', 'b', 'c', 'd'].map((step) => [step, 3]));
    expect(outputs).toMatchObject({ a: 'quick', b: 'quick', c: 'slow' });
    for (const { step, agent, ranked } of choices) {
      expect(ranked[0]?.agent).toBe(agent);
      const chosenAt = journal.findIndex(({ fact }) => fact.type === 'agent.chosen' && fact.step === step);
      const endedAt = journal.findIndex(({ fact }) => fact.type === 'task.completed' && fact.step === step);
      expect(chosenAt).toBeLessThan(endedAt);
      expect(view.steps.find(({ path }) => path === step)?.chosen?.agent).toBe(agent);
    }
  });

  test('says why others were not asked, while the attempt is under way', async () => {
    const time = new VirtualTime();
    const crew = { personas: { coder: [worker('quick', 60_000), worker('slow', 60_000)] } };
    const runtime = await createRuntime({ crew, time });
    const two = await read(
      'name: two\nsteps:\n  - { id: a, type: persona-request, persona: coder }\n  - { id: b, type: persona-request, persona: coder }\n',
    );
    const run = await runtime.start(two);
    for (let turns = 0; turns < 9; turns++) await new Promise((resolve) => setImmediate(resolve));
    time.advance();
    await new Promise((resolve) => setImmediate(resolve));
    const why = run.state().steps.map(({ why: each }) => each);
    expect(why[0]).toContain('(quick of 2, score 0.');
    expect(why[1]).toContain('(slow of 2, score 0.');
    expect(why[1]).toContain('not asked: quick, it has a task');
    await runtime.stop({ graceMs: 0 });
  });

  test('is not recorded where there is none', async () => {
    const { journal } = await simulate(await read(CHAIN.replaceAll(/, requires: \{[^}]*\}/g, '')), {
      crew: { personas: { coder: worker('only', 5) } },
    });
    expect(journal.map(({ fact }) => fact.type)).not.toContain('agent.chosen');
  });

  test('goes by what was learned in earlier processes', async () => {
    const store = createMemoryStore();
    const one = await read('name: one\nsteps:\n  - { id: a, type: persona-request, persona: coder, retries: 3 }\n');
    const lives = async (): Promise<unknown> => {
      const time = new VirtualTime();
      const runtime = await createRuntime({
        store,
        time,
        crew: { personas: { coder: [worker('shaky', 5, {}, true), worker('steady', 5)] } },
      });
      const run = await runtime.start(one);
      const result = run.result();
      let over = false;
      void result.finally(() => {
        over = true;
      });
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        time.advance();
      }
      await runtime.stop({ graceMs: 0 });
      return run.state().steps[0]?.attempts;
    };
    expect(await lives()).toBe(2);
    expect(await lives()).toBe(1);
  });
});
