// An agent that is chosen because it uses less is in the journal with the reason, which show --why prints.
import { expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { loadCrew } from '../../src/actors/crews/crew-file.ts';
import { crewFromDefinition } from '../../src/actors/crews/crew-from-definition.ts';
import { defineWorkflow } from '../../src/definition/builder.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { choiceInWords } from '../../src/runtime/choice-in-words.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';

const writer = (id: string, tokens: number): Agent => ({
  id,
  uses: { tokens },
  perform: async () => ({ ok: true, output: id, usage: { tokens } }),
});
const workflow = defineWorkflow({ name: 'w' }).step('write', { persona: 'writer' }).build();

test('the choice of a lighter agent is a fact with its reason, and told as one', async () => {
  const store = createMemoryStore();
  const crew = createCrew({ personas: { writer: [writer('large', 400), writer('small', 100)] } });
  const runtime = await createRuntime({ store, crew, limits: { tokens: 300 } });
  const run = await runtime.start(workflow, { id: 'r' });
  expect((await run.result()).outputs).toEqual({ write: 'small' });
  const [chosen] = (await store.read('r')).flatMap(({ fact }) => (fact.type === 'agent.chosen' ? [fact] : []));
  expect(chosen).toMatchObject({
    agent: 'small',
    lighter: { insteadOf: 'large', why: expect.stringContaining('small would do with 100') },
  });
  const step = run.state().steps.find(({ path }) => path === 'write');
  expect(step?.chosen).toEqual(chosen);
  const words = choiceInWords({ chosen: new Map(chosen === undefined ? [] : [['write', chosen]]) }, 'write', 1);
  expect(words).toMatch(/^ \(small of 2, lighter than large: it lacks 400 tokens /u);
  await runtime.stop();
});

test('a crew file says what a call uses; what is no amount is refused where it stands', async () => {
  const file = (uses: string) => `agents: { ann: { kind: scripted, uses: ${uses}, script: { "*": { output: done } } } }\n`;
  const { crew } = await loadCrew(file('{ tokens: 500, memory_mb: 64, cpu: 0.5, io: 2 }'), { text: true });
  expect(crew === null ? null : crewFromDefinition(crew).agent('ann')?.uses).toEqual({ tokens: 500, memoryMb: 64, cpu: 0.5, io: 2 });
  for (const wrong of ['{ tokens: -1 }', '{ tokens: many }', '{ words: 5 }', '3']) {
    const { crew: none, diagnostics } = await loadCrew(file(wrong), { text: true });
    expect([wrong, none, diagnostics.length > 0]).toEqual([wrong, null, true]);
  }
  expect(() => createCrew({ personas: { p: { ...writer('x', 1), uses: { tokens: Number.NaN } } } })).toThrow(
    expect.objectContaining({ code: 'DEFINITION_INVALID' }),
  );
});
