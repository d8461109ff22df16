// What a module exports is an agent with its whole contract, known from when the module is imported: not before it is wanted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Crew } from '../../src/actors/crews/crew.ts';
import { crewFromDefinition } from '../../src/actors/crews/crew-from-definition.ts';
import { loadCrew } from '../../src/index.ts';
import type { Json } from '../../src/protocol/json.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { simulate } from '../../src/testing/index.ts';
import { task, workflowOf } from '../runtime/linear.ts';

const directory = mkdtempSync(join(tmpdir(), 'troupe-modules-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let modules = 0;

/** A crew with one agent, the default export of this source. What the module notes is in `globalThis.<name>`. */
async function crewOf(source: string, said = ''): Promise<{ crew: Crew; notes: () => string[] }> {
  const name = `notesOfModule${++modules}`;
  writeFileSync(
    join(directory, `${name}.mjs`),
    `const note = (text) => (globalThis.${name} ??= []).push(text);\nnote('imported');\n${source}`,
  );
  const text = `agents:\n  coder: { kind: module, module: ${name}.mjs${said} }\n`;
  const { crew, diagnostics } = await loadCrew(text, { text: true });
  if (crew === null) throw new Error(JSON.stringify(diagnostics));
  return { crew: crewFromDefinition(crew, { baseDir: directory }), notes: () => (globalThis as Record<string, unknown>)[name] as string[] };
}

const agent = (more: string) => `export default { id: 'ann', perform: async ({ step }) => ({ ok: true, output: step }), ${more} };`;
const two = workflowOf([task('a', { persona: 'coder', type: 'x' }), task('b', { persona: 'coder', type: 'x' })]);

/** How two steps side by side end, by step: completed, or the code of what they failed with. */
async function ended(crew: Crew, workflow = two): Promise<Record<string, Json>> {
  const runtime = await createRuntime({ crew });
  const run = await runtime.start(workflow);
  await run.result();
  const { steps } = run.state();
  await runtime.stop();
  await crew.close();
  return Object.fromEntries(steps.map(({ path, outcome, error }) => [path, error?.code ?? outcome]));
}

test('nothing is imported for a crew that is only looked at, or closed', async () => {
  const { crew, notes } = await crewOf(agent('capacity: 1'));
  const [coder] = crew.agents();
  expect([coder?.id, coder?.capacity, crew.actorOf(coder!)?.standing().state, crew.agents({ available: true }).length]).toEqual([
    'coder',
    undefined,
    'idle',
    1,
  ]);
  await crew.close();
  expect([notes(), crew.actorOf(coder!)?.refusal()]).toEqual([undefined, 'it has left']);
});

test('its capacity holds from the first task on', async () => {
  const { crew, notes } = await crewOf(`
    let hand = 0;
    export default { id: 'ann', capacity: 1, async perform() {
      note(String(++hand));
      await new Promise((resolve) => setTimeout(resolve, 5));
      hand -= 1;
      return { ok: true, output: null };
    } };`);
  expect(await ended(crew)).toEqual({ a: 'completed', b: 'completed' });
  expect(notes()).toEqual(['imported', '1', '1']);
});

test('its capabilities, its own checks and its circuit breaker hold; what the file says outranks what it says itself', async () => {
  const rust = task('a', { persona: 'coder', type: 'x', needs: { capabilities: ['rust'] } });
  const unfit = await crewOf(agent(`capabilities: ['go']`));
  expect(await ended(unfit.crew, workflowOf([rust]))).toEqual({ a: 'NO_AVAILABLE_AGENT' });
  const stated = await crewOf(agent(`capabilities: ['go']`), ', capabilities: [rust]');
  expect(await ended(stated.crew, workflowOf([rust]))).toEqual({ a: 'completed' });
  const picky = await crewOf(agent(`word: 'no b', validate({ step }) { return step === 'b' ? this.word : null; }`));
  expect(await ended(picky.crew)).toEqual({ a: 'completed', b: 'TASK_VALIDATION_FAILED' });

  const { crew } = await crewOf(
    `export default { id: 'ann', breaker: { failures: 1 }, perform: async () => { throw new Error('broke'); } };`,
  );
  const runtime = await createRuntime({ crew });
  await (await runtime.start(workflowOf([task('a', { persona: 'coder', type: 'x' })]))).result();
  expect(runtime.agents()).toMatchObject([{ id: 'coder', failed: 1, breaker: { state: 'open', failures: 1 } }]);
  await runtime.stop();
  await crew.close();
});

test('it is started before its first task, asked whether it lives, started again when it does not, and closed', async () => {
  const { crew, notes } = await crewOf(`
    let lives = 1;
    export default {
      id: 'ann', beatEveryMs: 5,
      start: async () => note('started'),
      beat: async () => { if (lives-- <= 0 && lives > -4) throw new Error('dead'); },
      close: async () => note('closed'),
      async perform({ step }) { note(step); return { ok: true, output: null }; },
    };`);
  const runtime = await createRuntime({ crew });
  const run = await runtime.start(workflowOf([task('a', { persona: 'coder', type: 'x' })]));
  await run.result();
  expect(notes()).toEqual(['imported', 'started', 'a']);
  await expect.poll(() => notes().slice(3), { timeout: 5_000 }).toEqual(['closed', 'started']);
  await runtime.stop();
  await crew.close();
  expect(notes().at(-1)).toBe('closed');
});

test('one that says of itself what cannot be is refused with the reason', async () => {
  const { crew } = await crewOf(agent('capacity: 0'));
  expect(await ended(crew)).toEqual({ a: 'DEFINITION_INVALID', b: 'DEFINITION_INVALID' });
});

test('virtual time stands still while it is imported', async () => {
  const { crew } = await crewOf(agent('capacity: 1'));
  const { status, makespanMs } = await simulate(two, { crew });
  expect([status, makespanMs]).toEqual(['completed', 0]);
  await crew.close();
});
