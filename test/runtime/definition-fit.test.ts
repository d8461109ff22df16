import { describe, expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import { definitionChanges } from '../../src/runtime/definition-changes.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

const ask = { ...task('ask', { dependencies: ['a'] }), kind: 'signal' as const, type: 'wait-for-signal', signal: 'go' };
const before = workflowOf([task('a', { params: { say: 'x' } }), ask, task('b', { dependencies: ['ask'] })]);
const longer = workflowOf([...before.steps, task('c', { dependencies: ['b'] })]);
const otherwise = workflowOf([task('a', { params: { say: 'y' } }), ask, task('b', { dependencies: ['ask'] })]);
const without = workflowOf([task('z'), task('b', { dependencies: ['z'] })]);
const willing: AgentScript = { '*': { after: 10, output: 'done' } };

describe('a run that goes on by another definition', () => {
  test('adopts it where everything that has happened fits, and is folded by it from then on, by its own before', async () => {
    const lives = new Lives();
    await lives.start(before, willing);
    const at = (await lives.store.read('run')).length;
    const after = await lives.live(willing, async (runtime) => {
      const run = await runtime.resume('run', { adopt: longer });
      await run.signal('go', 'yes');
      return run;
    });
    expect(after.outputs).toEqual({ a: 'done', ask: 'yes', b: 'done', c: 'done' });
    const facts = (await lives.store.read('run')).map(({ fact }) => fact.type);
    expect(facts.slice(at, at + 2)).toEqual(['definition.adopted', 'run.recovered']);
    expect((await lives.fold('run')).state.root.blueprint.size).toBe(4);
    expect((await lives.fold('run', at)).state.root.blueprint.size).toBe(3);
    const runtime = await createRuntime({ store: lives.store });
    expect((await runtime.view('run')).steps.map(({ path }) => path)).toEqual(['a', 'ask', 'b', 'c']);
  });

  test('survives the death of its host between the two facts', async () => {
    const lives = new Lives();
    await lives.start(before, willing);
    await lives.live(willing, (runtime) => runtime.resume('run', { adopt: longer }));
    const other = new Lives();
    const batches = await lives.store.read('run');
    const adopted = batches.findIndex(({ fact }) => fact.type === 'definition.adopted');
    for (const { fact } of batches) {
      if (fact.type === 'run.started' || fact.type === 'definition.adopted')
        await other.store.putDefinition(fact.definition, (await lives.store.getDefinition(fact.definition)) ?? {});
    }
    for (const batch of batches.slice(0, adopted + 1)) await other.store.append('run', batch);
    const after = await other.live(willing, async (runtime) => {
      const run = await runtime.resume('run');
      await run.signal('go', 'yes');
      return run;
    });
    expect(after.outputs).toEqual({ a: 'done', ask: 'yes', b: 'done', c: 'done' });
  });

  test('is refused one that does not fit, fact by fact, and stays as it was', async () => {
    const lives = new Lives();
    await lives.start(before, willing);
    const batches = await lives.store.read('run');
    const runtime = await createRuntime({ store: lives.store });
    await expect(runtime.resume('run', { adopt: otherwise })).rejects.toMatchObject({
      code: 'DEFINITION_UNFIT',
      where: 'run:0',
      details: { misfits: [{ n: 0, fact: 'run.started', step: null, recorded: ['starts a#1'], now: ['starts a#1 with something else'] }] },
    });
    await expect(runtime.resume('run', { adopt: without })).rejects.toThrow(
      'fact 1 (task.completed of a): recorded nothing; now nobody waits for it',
    );
    expect(await lives.store.read('run')).toEqual(batches);
  });

  test('may also be tried again by it', async () => {
    const lives = new Lives();
    const broken = workflowOf([task('a'), task('b', { dependencies: ['a'], persona: 'nobody' })]);
    const mended = workflowOf([task('a'), task('b', { dependencies: ['a'], persona: 'somebody' })]);
    await lives.start(broken, { ...willing, b: { fail: 'cannot' } });
    const after = await lives.live(willing, (runtime) => runtime.retry('run', { adopt: mended }));
    expect([after.status, lives.begun]).toEqual(['completed', ['run/b#2']]);
    expect((await lives.fold('run')).status).toBe('completed');
  });
});

test('a fork by another definition runs again what is otherwise there, with what depends on it', async () => {
  const lives = new Lives();
  const chain = workflowOf([task('a'), task('b', { dependencies: ['a'] }), task('c', { dependencies: ['b'] }), task('d')]);
  await lives.start(chain, willing);
  const changed = workflowOf(
    chain.steps.map((step) => (step.id === 'b' ? task('b', { dependencies: ['a'], params: { new: true } }) : step)),
  );
  await lives.live(willing, (runtime) => runtime.fork('run', { id: 'fork', definition: changed }));
  expect(lives.begun).toEqual(['fork/b#1', 'fork/c#1']);
});

test('what has changed is said in words', () => {
  expect(definitionChanges(before, before, [])).toEqual([]);
  expect(definitionChanges(before, longer, [])).toEqual(['+ step c']);
  expect(definitionChanges(before, otherwise, [])).toEqual(['~ step a: params.say "x" → "y"']);
  expect(definitionChanges(before, without, [])).toEqual(['- step a', '- step ask', '+ step z', '~ step b: dependencies ["ask"] → ["z"]']);
  expect(definitionChanges(before, { ...before, onFailure: 'stop' }, [])).toEqual(['~ the workflow: onFailure "continue" → "stop"']);
});
