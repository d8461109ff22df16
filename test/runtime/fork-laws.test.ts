import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { GroupStep, MapStep, NestedStep, Step, VoteStep } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { startOf } from '../../src/runtime/fold.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 60;
const stepOf = (key: string) => key.slice(key.indexOf('/') + 1, key.lastIndexOf('#'));

/** Steps that each wait for some before them and take their time; some of them fail. */
const graphs = fc
  .array(fc.record({ waits: fc.array(fc.nat(), { maxLength: 3 }), after: fc.nat(5), fails: fc.nat(9) }), { minLength: 3, maxLength: 12 })
  .map((drafts) => {
    const steps: Step[] = [];
    const script: Record<string, AgentScript[string]> = {};
    for (const [at, { waits, after, fails }] of drafts.entries()) {
      const id = `s${at}`;
      steps.push(task(id, { dependencies: at === 0 ? [] : [...new Set(waits.map((other) => `s${other % at}`))] }));
      script[id] = fails === 0 ? { after: after * 10, fail: 'no' } : { after: after * 10, output: id };
    }
    return { workflow: workflowOf(steps), script };
  });

function descendants(steps: readonly Step[], of: string): Set<string> {
  const found = new Set([of]);
  for (const { id, dependencies } of steps) if (dependencies.some((each) => found.has(each))) found.add(id);
  found.delete(of);
  return found;
}

/** A store with the first batches of a run. */
async function cutAt(lives: Lives, id: string, cut: number): Promise<Lives> {
  const other = new Lives();
  const batches = await lives.store.read(id);
  const { definition } = startOf(id, batches);
  await other.store.putDefinition(definition, (await lives.store.getDefinition(definition)) ?? {});
  for (const batch of batches.slice(0, cut)) await other.store.append(id, batch);
  other.now = lives.now;
  return other;
}

describe('a fork at any fact, with another output of any step that had completed by then', () => {
  test('begins what had not ended and what depends on the change, each once, and ends alike wherever its host dies', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(), fc.nat(), fc.nat(), async ({ workflow, script }, moment, which, death) => {
        const lives = new Lives();
        await lives.start(workflow, script);
        const origin = await lives.store.read('run');
        const at = moment % origin.length;
        const { records } = (await lives.fold('run', at + 1)).state;
        const done = [...records].flatMap(([path, { outcome }]) => (outcome === 'completed' ? [path] : []));
        const changed = done[which % Math.max(1, done.length)];
        const willing = { '*': { after: 10, output: 'again' } };
        const change = changed === undefined ? {} : { with: { [changed]: 'changed' } };
        const fork = await lives.live(willing, (runtime) => runtime.fork('run', { id: 'fork', at, ...change }));
        const after = changed === undefined ? new Set<string>() : descendants(workflow.steps, changed);
        const stands = (id: string) => ['completed', 'failed'].includes(records.get(id)?.outcome ?? '') && !after.has(id);
        const failed = new Set(workflow.steps.filter(({ id }) => stands(id) && records.get(id)?.outcome === 'failed').map(({ id }) => id));
        const blocked = new Set([...failed].flatMap((id) => [...descendants(workflow.steps, id)]));
        const expected = workflow.steps.map(({ id }) => id).filter((id) => !stands(id) && !blocked.has(id));
        expect(lives.begun.map(stepOf).sort()).toEqual(expected.sort());
        expect(fork.status).toBe(failed.size === 0 ? 'completed' : 'failed');
        expect(await lives.store.read('run')).toEqual(origin);
        // Its host dies.
        const batches = await lives.store.read('fork');
        const cut = 1 + (death % batches.length);
        if (batches.slice(0, cut).some(({ intents }) => intents.some(([kind]) => kind === 'run.end'))) return;
        const other = await cutAt(lives, 'fork', cut);
        const ended = batches.slice(0, cut).flatMap(({ fact }) => (fact.type === 'task.completed' ? [fact.step] : []));
        const again = await other.live(willing, (runtime) => runtime.resume('fork'));
        expect([again.status, again.outputs]).toEqual([fork.status, fork.outputs]);
        expect(other.begun.map(stepOf).filter((step) => ended.includes(step))).toEqual([]);
        expect(leftovers(await other.fold('fork'))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });

  test('may itself be forked, and is tried again like any other run', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(), fc.nat(), async ({ workflow, script }, moment, which) => {
        const lives = new Lives();
        await lives.start(workflow, script);
        const at = moment % (await lives.store.read('run')).length;
        await lives.live(script, (runtime) => runtime.fork('run', { id: 'fork', at }));
        const facts = (await lives.store.read('fork')).length;
        const second = await lives.live({ '*': { output: 'second' } }, (runtime) =>
          runtime.fork('fork', { id: 'second', at: which % facts }),
        );
        expect((await lives.fold('second')).status).toBe(second.status);
        if (second.status === 'completed') return;
        const mended = await lives.live({ '*': { output: 'mended' } }, (runtime) => runtime.retry('second'));
        expect(mended.status).toBe('completed');
        expect(leftovers(await lives.fold('second'))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the output of a step', () => {
  const nested: NestedStep = {
    kind: 'workflow',
    id: 'sub',
    name: 'sub',
    type: 'sub-workflow',
    dependencies: [],
    ref: 'inner',
    inputs: {},
    workflow: workflowOf([task('x'), task('y', { dependencies: ['x'] })]),
  };
  const items: MapStep = {
    kind: 'map',
    id: 'items',
    name: 'items',
    type: 'map',
    dependencies: [],
    over: '[1, 2]',
    as: 'item',
    workflow: workflowOf([task('one')]),
  };
  const phase = {
    kind: 'group',
    id: 'p',
    name: 'p',
    type: 'phase',
    dependencies: [],
    mode: 'graph',
    waitFor: 'all',
    phase: { gate: { check: 'steps.m != "bad"', onFailure: 'stop', max: 0 } },
    steps: [task('m')],
  } as GroupStep;
  const vote: VoteStep = {
    kind: 'vote',
    id: 'v',
    name: 'v',
    type: 'vote',
    dependencies: [],
    rule: 'majority',
    choice: [],
    steps: [task('v.1'), task('v.2'), task('v.3')],
  };
  const workflow = workflowOf(
    [nested, items, phase, vote].flatMap((step): Step[] => [step, task(`after_${step.id}`, { dependencies: [step.id] })]),
  );

  test.each<[string, Json, string, readonly string[], JsonObject]>([
    ['sub/x', 'new', 'completed', ['after_sub', 'sub/y'], { sub: { x: 'new', y: 'second' } }],
    ['items[1]/one', 'new', 'completed', ['after_items'], { items: ['first', 'new'] }],
    ['m', 'new', 'completed', ['after_p'], { p: { m: 'new' } }],
    ['v.2', 'second', 'completed', ['after_v'], { v: { choice: 'first', votes: {} } }],
    ['m', 'bad', 'failed', [], {}],
  ])('%s in what stands in another is replaced, and only what follows from it runs again', async (path, output, status, begun, outputs) => {
    const lives = new Lives();
    expect((await lives.start(workflow, { '*': { output: 'first' } })).status).toBe('completed');
    const fork = await lives.live({ '*': { output: 'second' } }, (runtime) =>
      runtime.fork('run', { id: 'fork', with: { [path]: output } }),
    );
    expect([fork.status, lives.begun.map(stepOf).sort()]).toEqual([status, begun]);
    if (path !== 'v.2') expect(fork.outputs).toMatchObject(outputs);
  });

  test('is replaced in forks of runs that were cancelled, too', async () => {
    const lives = new Lives();
    const chain = workflowOf([task('a'), task('b', { dependencies: ['a'] })]);
    await lives.live({ a: { output: 1 }, b: { forever: true } }, async (runtime) => {
      const run = await runtime.start(chain, { id: 'run' });
      for await (const event of run.events()) if ('step' in event && event.step === 'b') break;
      await run.cancel('enough');
      return run;
    });
    const fork = await lives.live({ '*': { output: 'done' } }, (runtime) => runtime.fork('run', { id: 'fork', with: { a: 2 } }));
    expect([fork.status, lives.begun.map(stepOf), fork.outputs]).toEqual(['completed', ['b'], { a: 2, b: 'done' }]);
  });
});
