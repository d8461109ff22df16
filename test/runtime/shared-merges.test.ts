import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConflictRung } from '../../src/definition/joining.ts';
import type { GroupStep, Workflow } from '../../src/definition/workflow.ts';
import { blueprintOf } from '../../src/planning/draw-blueprint.ts';
import { keyOf } from '../../src/policy/shared-context.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { Run } from '../../src/runtime/run.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { KEYS, SHARED, sharedOf, tellsOf, type Witness, witness, witnessPlayer, witnessStep } from './witnesses.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 4_000 : 100;

/** How long each step takes, and how many may be at work. */
const pace = fc.record({ durations: fc.array(fc.nat(50), { minLength: 7, maxLength: 7 }), maxConcurrency: fc.integer({ min: 1, max: 8 }) });
type Pace = typeof pace extends fc.Arbitrary<infer T> ? T : never;

const MERGER = ['theirs', 'ours'].map((take) => ({ '*': () => ({ take }) }));

async function perform(workflow: Workflow, { durations, maxConcurrency }: Pace, merger = 0) {
  const takes = (path: string) => durations[[...path].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % durations.length] ?? 0;
  const end = await simulate(workflow, {
    crew: { personas: { '*': witnessPlayer({ takes }), merger: MERGER[merger]?.['*'] as () => { take: string } } },
    maxConcurrency,
  });
  const run = foldJournal('simulation', end.workflow, end.journal);
  expect(leftovers(run)).toEqual({});
  return { end, run, left: { status: end.status, outputs: end.outputs, shared: sharedOf(run) } };
}

const sideBySide = (members: readonly Witness[], more: Partial<GroupStep>): Workflow =>
  workflowOf(
    [
      {
        kind: 'group',
        id: 'g',
        name: 'g',
        type: 'parallel',
        dependencies: [],
        mode: 'parallel',
        waitFor: 'all',
        steps: members.map((each, i) => witnessStep(each, `m${i}`, new Set())),
        ...more,
      },
    ],
    { shared: SHARED },
  );

describe('what members write side by side', () => {
  test('comes together in the same way, however long each of them takes and however many are at work', async () => {
    const ladders = fc.constantFrom<readonly ConflictRung[]>(
      ['automatic', 'rerun', 'sequential'],
      ['automatic', 'sequential'],
      ['automatic', 'guided'],
      ['automatic'],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(witness, { minLength: 2, maxLength: 5 }), ladders, pace, pace, async (members, ladder, one, other) => {
        const workflow = sideBySide(members, { conflicts: { ladder, persona: 'merger' } });
        const first = await perform(workflow, one);
        expect((await perform(workflow, other)).left).toEqual(first.left);
      }),
      { numRuns: RUNS },
    );
  });

  test('is all there or nothing of it: a group that is lost leaves the shared context as it was', async () => {
    const writer: Witness = { kind: 'task', writes: ['title'], fails: false };
    await fc.assert(
      fc.asyncProperty(fc.array(witness, { maxLength: 3 }), pace, async (others, any) => {
        const { left } = await perform(sideBySide([writer, ...others, writer], { conflicts: { ladder: ['automatic'] } }), any);
        expect([left.status, left.shared]).toEqual(['failed', SHARED]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('what anybody writes', () => {
  test('is never lost: it is in the end in the value of its key, or its step has not completed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ what: witness, waitsFor: fc.array(fc.nat(5), { maxLength: 2 }) }), { minLength: 2, maxLength: 6 }),
        pace,
        async (drafts, any) => {
          const steps = drafts.map(({ what, waitsFor }, i) => ({
            ...witnessStep(what, `m${i}`, new Set()),
            dependencies: [...new Set(waitsFor.filter((other) => other < i).map((other) => `m${other}`))],
          }));
          const conflicts = { ladder: ['automatic', 'rerun', 'sequential'] as const };
          const { run } = await perform(workflowOf(steps, { shared: SHARED, conflicts }), any);
          const values = sharedOf(run);
          drafts.forEach(({ what }, i) => {
            if (what.kind === 'workflow' || run.state.records.get(`m${i}`)?.outcome !== 'completed') return;
            for (const [path, writes] of writers(what, `m${i}`)) {
              for (const key of writes) expect([path, key, tellsOf(values[key], path)]).toEqual([path, key, true]);
            }
          });
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('after somebody has read it is told of when that one is done, and at no other time', async () => {
    const reader = fc.record({ reads: fc.subarray([...KEYS]), writes: fc.subarray([...KEYS]) });
    await fc.assert(
      fc.asyncProperty(fc.array(reader, { minLength: 2, maxLength: 6 }), pace, async (readers, any) => {
        const steps = readers.map(({ reads, writes }, i) => task(`r${i}`, { reads, writes, onStale: 'accept' }));
        const workflow = workflowOf(steps, { shared: SHARED, conflicts: { ladder: ['automatic', 'rerun', 'sequential'] } });
        const { end } = await perform(workflow, any);
        const run = new Run('simulation', blueprintOf(end.workflow), end.journal[0]?.fact as RunStarted);
        for (const { fact } of end.journal) {
          const step = fact.type === 'task.completed' ? run.state.steps.get(fact.step) : undefined;
          const now = run.state.root.cell?.current;
          const { reads = [], writes = [] } = step?.blueprint.keys ?? {};
          const changed = reads.filter((key) => now !== undefined && keyOf(now, key).version !== (step?.view?.keys[key]?.version ?? 0));
          run.deliver(fact);
          const told = (run.state.coordination ?? []).filter(({ type, source }) => type === 'conflict.detected' && source === step?.path);
          const stale = told.flatMap(({ data }) =>
            (data as { kind: string }).kind === 'stale_read' ? (data as { keys: string[] }).keys : [],
          );
          // What was read and written over is merged, or in conflict.
          expect(stale.filter((key) => !writes.includes(key))).toEqual(changed.filter((key) => !writes.includes(key)));
        }
      }),
      { numRuns: RUNS },
    );
  });
});

/** The paths of the tasks in a witness, and the keys they write. */
function writers(what: Witness, path: string): (readonly [path: string, writes: readonly string[]])[] {
  if (what.kind === 'task') return [[path, what.writes]];
  const inner = what.kind === 'map' ? [0, 1].map((item) => `${path}[${item}]/`) : [''];
  return inner.flatMap((prefix) => what.inner.flatMap((each, i) => writers(each, `${prefix}${path}i${i}`)));
}
