import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConflictSettings } from '../../src/definition/joining.ts';
import type { GroupStep, Step, Workflow } from '../../src/definition/workflow.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { KEYS, SHARED, sharedOf, TRAIL, type Witness, witness, witnessPlayer, witnessStep } from './witnesses.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 4_000 : 100;

/** The group among other steps, in a way of its own. */
function around(steps: readonly Step[], more: Partial<GroupStep>) {
  const group: GroupStep = {
    kind: 'group',
    id: 'g',
    name: 'g',
    type: 'parallel',
    dependencies: ['before'],
    mode: 'parallel',
    waitFor: 'all',
    steps,
    ...more,
  };
  const before = task('before', { params: TRAIL, writes: ['log'] });
  const afterwards = task('after', { params: TRAIL, reads: [...KEYS], dependencies: ['g'] });
  return workflowOf([before, group, afterwards], { variables: { trail: '' }, shared: SHARED });
}

async function perform(workflow: Workflow, failing: ReadonlySet<string>) {
  const end = await simulate(workflow, { crew: { personas: { '*': witnessPlayer({ failsAtFirst: failing, leavesTrail: true }) } } });
  const run = foldJournal('simulation', end.workflow, end.journal);
  expect(leftovers(run)).toEqual({});
  const { steps, variables } = run.state.root;
  const left = { status: end.status, outputs: end.outputs, steps, variables, shared: sharedOf(run) };
  return { fellBack: run.state.groups.get('g')?.fellBack, left };
}

describe('a group that falls back to sequential', () => {
  test('because a member failed leaves what the sequential group leaves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(witness, { minLength: 1, maxLength: 4 }), async (members) => {
        const failing = new Set<string>();
        const steps = members.map((each, i) => witnessStep(each, `m${i}`, failing, TRAIL));
        const fallen = await perform(around(steps, { onFailure: 'fall_back_sequential' }), failing);
        const inTurn = await perform(around(steps, { mode: 'sequential' }), new Set());
        expect(fallen.fellBack).toBe(failing.size > 0);
        if (fallen.fellBack) expect(fallen.left).toEqual(inTurn.left);
      }),
      { numRuns: RUNS },
    );
  });

  test('because what its members wrote does not fit leaves what the sequential group leaves', async () => {
    const conflicts: ConflictSettings = { ladder: ['automatic', 'sequential'] };
    const writer: Witness = { kind: 'task', writes: ['title'], fails: false };
    await fc.assert(
      fc.asyncProperty(fc.array(witness, { maxLength: 3 }), fc.nat(3), async (others, place) => {
        const members = [writer, ...others.slice(0, place), writer, ...others.slice(place)];
        const steps = members.map((each, i) => witnessStep(each, `m${i}`, new Set(), TRAIL));
        const fallen = await perform(around(steps, { conflicts }), new Set());
        const inTurn = await perform(around(steps, { mode: 'sequential', conflicts }), new Set());
        expect([fallen.fellBack, fallen.left]).toEqual([true, inTurn.left]);
      }),
      { numRuns: RUNS },
    );
  });
});
