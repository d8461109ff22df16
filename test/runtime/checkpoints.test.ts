import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { Step, SyncStep } from '../../src/definition/workflow.ts';
import { commit } from '../../src/policy/context-commit.ts';
import { openContext, snapshotOf, valuesOf } from '../../src/policy/shared-context.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { takeBackShared } from '../../src/runtime/checkpoints.ts';
import { factNumber } from '../../src/runtime/fact-number.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';
import { sharedOf } from './witnesses.ts';

/** `members`: the steps that meet there; in files they are what it depends on. */
const checkpoint = (id: string, dependencies: readonly string[], members: readonly string[] = []): SyncStep => ({
  kind: 'sync',
  id,
  name: id,
  type: 'sync-point',
  sync: 'checkpoint',
  members,
  dependencies,
});

const stepOf = (key: string) => key.slice(key.indexOf('/') + 1, key.lastIndexOf('#'));

/** Steps that each wait for some before them, write a key of their own, with a checkpoint after each third. */
const graphs = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 9 }).map((waits) => {
  const steps: Step[] = [];
  for (const [at, before] of waits.entries()) {
    const dependencies = [...new Set(before.flatMap((other) => steps[other % (steps.length + 1)]?.id ?? []))];
    steps.push(
      at % 3 === 1
        ? checkpoint(`c${at}`, dependencies, at % 2 === 0 ? dependencies : [])
        : task(`s${at}`, { dependencies, writes: [`own${at}`] }),
    );
  }
  return workflowOf(steps, { shared: { all: 'none' } });
});

/** Outputs of tasks: a checkpoint that is passed again may be passed at another version. */
const outputsOf = ({ outputs }: { outputs: Json }) =>
  Object.entries(outputs as JsonObject)
    .filter(([id]) => id.startsWith('s'))
    .sort();

/** The tasks that depend on a step. */
function descendants(steps: readonly Step[], of: string): string[] {
  const found = new Set([of]);
  for (const { id, dependencies } of steps) if (dependencies.some((each) => found.has(each))) found.add(id);
  return steps.flatMap(({ id, kind }) => (found.has(id) && kind === 'task' ? [id] : []));
}

const script: AgentScript = { '*': { output: 'done' } };
const plain = (steps: readonly Step[]): AgentScript =>
  Object.fromEntries(steps.map(({ id }, at) => [id, { after: ((at * 7) % 5) * 10, output: id, writes: { [`own${id.slice(1)}`]: id } }]));

describe('a checkpoint', () => {
  test('is remembered with the fact after which it was passed, and not before', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (workflow) => {
        const lives = new Lives();
        const view = await lives.start(workflow, plain(workflow.steps));
        expect(view.checkpoints.map(({ checkpoint: id }) => id).sort()).toEqual(
          workflow.steps.flatMap(({ id, kind }) => (kind === 'sync' ? [id] : [])).sort(),
        );
        for (const { checkpoint: id, fact, at, stands } of view.checkpoints) {
          expect([stands, (await lives.fold('run', fact)).state.records.has(id)]).toEqual([true, false]);
          const then = await lives.fold('run', fact + 1);
          expect(then.state.records.get(id)).toMatchObject({ outcome: 'completed', endedAt: at });
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is where a run goes back to: what depends on it runs again, and on the shared context as it was there', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(), async (workflow, which) => {
        const lives = new Lives();
        const first = await lives.start(workflow, plain(workflow.steps));
        const passing = first.checkpoints[which % first.checkpoints.length];
        if (passing === undefined) return;
        const { checkpoint: id } = passing;
        const shared = sharedOf(await lives.fold('run'));
        const again = await lives.live(plain(workflow.steps), (runtime) => runtime.retry('run', { from: id }));
        expect(lives.begun.map(stepOf).sort()).toEqual(descendants(workflow.steps, id).sort());
        expect([again.status, outputsOf(again)]).toEqual([first.status, outputsOf(first)]);
        expect(sharedOf(await lives.fold('run'))).toEqual(shared);
        expect(again.checkpoints.filter(({ stands }) => stands)).toHaveLength(first.checkpoints.length);
        expect(again.checkpoints.findLast(({ checkpoint: other }) => other === id)?.fact).toBeGreaterThan(passing.fact);
        const batches = await lives.store.read('run');
        expect(factNumber(again, batches.length, id)).toBeGreaterThan(passing.fact);
        await lives.live(plain(workflow.steps), (runtime) => runtime.fork('run', { id: 'fork', at: id }));
        const [started] = await lives.store.read('fork');
        expect(started?.fact).toMatchObject({ origin: { run: 'run', at: factNumber(again, batches.length, id) } });
      }),
      { numRuns: 60 },
    );
  });

  test('of another name is refused, with the one that may have been meant', async () => {
    const lives = new Lives();
    await lives.start(workflowOf([task('a'), checkpoint('reviewed', ['a']), task('b', { dependencies: ['reviewed'] })]), script);
    const refusal = (at: string) => lives.live(script, (runtime) => runtime.fork('run', { id: 'fork', at })).catch((thrown) => thrown);
    expect(await refusal('reviwed')).toMatchObject({ code: 'INPUT_INVALID', hint: 'did you mean "reviewed"?' });
    expect(await refusal('b')).toMatchObject({ message: '"b" is no checkpoint that run run has passed' });
  });
});

test.each(['fork', 'run'])(
  'where a checkpoint stands (%s), a restart from it gives back what was written before it, and no more',
  async (id) => {
    const workflow = workflowOf(
      [
        task('a', { writes: ['plan'] }),
        checkpoint('planned', ['a'], ['a']),
        task('b', { dependencies: ['planned'], writes: ['plan'] }),
        task('other'),
        task('c', { dependencies: ['b', 'other'], recovery: [{ use: 'restart', from: 'planned', budget: 1 }] }),
      ],
      { shared: { plan: 'none' } },
    );
    const lives = new Lives();
    const writing: AgentScript = Object.fromEntries(['a', 'b'].map((each) => [each, { output: each, writes: { plan: each } }]));
    const first = await lives.start(workflow, { ...writing, '*': { output: 'done' } });
    const later = await lives.live({ c: { fail: 'no' }, '*': { output: 'done' } }, (runtime) =>
      id === 'fork' ? runtime.fork('run', { id, with: { other: 'changed' } }) : runtime.retry('run', { from: 'other' }),
    );
    expect(lives.begun.map(stepOf)).toEqual(id === 'fork' ? ['c', 'b', 'c'] : ['other', 'c', 'b', 'c']);
    expect(sharedOf(await lives.fold(id))).toEqual({ plan: 'a' });
    expect(later.checkpoints[0]?.version).toBe(first.checkpoints[0]?.version);
  },
);

test('what is taken back of a shared context is what only those who run again have changed', () => {
  const write = (context: ReturnType<typeof openContext>, by: string, writes: Record<string, Json>) =>
    commit(context, { by, at: 1, reads: [], writes, view: snapshotOf(context, [], Object.keys(writes)).view }).context;
  const since = write(openContext({ a: 0, b: 0, c: 0 }, 0), 'before', { a: 1 });
  const cell = { current: write(write(write(since, 'again', { a: 2, b: 2 }), 'other', { b: 3, c: 3 }), 'again/inner', { d: 4 }) };
  takeBackShared(cell, since, (path) => path.startsWith('again'), 9);
  expect(valuesOf(cell.current)).toEqual({ a: 1, b: 3, c: 3 });
});

test('a workflow that begins again from a checkpoint sees the shared context as it was there', async () => {
  const seen: Json[] = [];
  const workflow = workflowOf(
    [
      task('a', { writes: ['plan'] }),
      checkpoint('planned', ['a']),
      task('b', { dependencies: ['planned'], writes: ['plan', 'notes'] }),
      task('c', { dependencies: ['b'], recovery: [{ use: 'restart', from: 'planned', budget: 1 }] }),
    ],
    { shared: { plan: 'none', notes: 'none' } },
  );
  const play: AgentFunction = ({ task: { step, attempt, context } }) => {
    if (step === 'b') seen.push({ ...context?.values });
    if (step === 'c' && attempt === 1) throw new Error('no');
    const keys = context?.writable ?? [];
    return completed(step, { writes: Object.fromEntries(keys.map((key) => [key, `${step}${attempt}`])) });
  };
  const end = await simulate(workflow, { crew: { personas: { '*': play } } });
  expect([end.status, seen]).toEqual(['completed', Array(2).fill({ plan: 'a1', notes: 'none' })]);
  expect(end.view.checkpoints.map(({ stands }) => stands)).toEqual([false, true]);
  expect(sharedOf(foldJournal('simulation', end.workflow, end.journal))).toEqual({ plan: 'b2', notes: 'b2' });
});
