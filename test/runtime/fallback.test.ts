import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completed, fail } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { ConflictSettings } from '../../src/definition/joining.ts';
import type { GroupStep, MapStep, NestedStep, Step } from '../../src/definition/workflow.ts';
import { canonicalJson } from '../../src/protocol/canonical-json.ts';
import { isJsonObject, type Json } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 4_000 : 150;
const KEYS = ['title', 'log', 'table'] as const;
const SHARED = { title: 'untitled', log: [], table: {} };

type Member =
  | { readonly kind: 'task'; readonly writes: readonly (typeof KEYS)[number][]; readonly fails: boolean }
  | { readonly kind: 'parallel' | 'sequential' | 'map' | 'workflow'; readonly inner: readonly Member[] };

const leaf: fc.Arbitrary<Member> = fc.record({
  kind: fc.constant('task' as const),
  writes: fc.subarray([...KEYS]),
  fails: fc.boolean(),
});
const member: fc.Arbitrary<Member> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('parallel' as const, 'sequential' as const, 'map' as const, 'workflow' as const),
      inner: fc.array(leaf, { minLength: 1, maxLength: 2 }),
    }),
  },
);

/** What each step sees becomes what it leaves: one that saw something else would leave something else. */
const player =
  (failsAtFirst: ReadonlySet<string>): AgentFunction =>
  ({ task: { step, attempt, params, context } }) => {
    if (attempt === 1 && failsAtFirst.has(step)) return fail('not side by side');
    const saw = canonicalJson([params, context?.values ?? null]);
    const left = (context?.writable ?? []).map((key) => [key, after(context?.values[key] ?? null, step)]);
    return completed(saw, { variables: { trail: `${params.trail ?? ''}>${step}` }, writes: Object.fromEntries(left) });
  };

function after(value: Json, step: string): Json {
  if (Array.isArray(value)) return [...value, step];
  return isJsonObject(value) ? { ...value, [step]: Object.keys(value).length } : `${String(value)}+${step}`;
}

const PARAMS = { trail: '{{ variables.trail }}' };

function stepOf(what: Member, id: string, failing: Set<string>): Step {
  if (what.kind === 'task') {
    if (what.fails) failing.add(id);
    return task(id, { params: PARAMS, reads: ['log'], ...(what.writes.length === 0 ? {} : { writes: what.writes }) });
  }
  const steps = what.inner.map((each, i) => stepOf(each, `${id}i${i}`, new Set()));
  const base = { id, name: id, dependencies: [] };
  if (what.kind === 'map') {
    const workflow = workflowOf(steps, { name: id });
    return { ...base, type: 'map', kind: 'map', over: '[1, 2]', as: 'item', workflow } satisfies MapStep;
  }
  if (what.kind === 'workflow') {
    const workflow = workflowOf(steps, { name: id, variables: { trail: '' }, shared: SHARED });
    return { ...base, type: 'workflow', kind: 'workflow', ref: id, inputs: {}, workflow } satisfies NestedStep;
  }
  return { ...base, type: what.kind, kind: 'group', mode: what.kind, waitFor: 'all', steps } satisfies GroupStep;
}

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
  const before = task('before', { params: PARAMS, writes: ['log'] });
  const afterwards = task('after', { params: PARAMS, reads: [...KEYS], dependencies: ['g'] });
  return workflowOf([before, group, afterwards], { variables: { trail: '' }, shared: SHARED });
}

async function perform(workflow: ReturnType<typeof around>, failing: ReadonlySet<string>) {
  const end = await simulate(workflow, { crew: { personas: { '*': player(failing) } } });
  const run = foldJournal('simulation', end.workflow, end.journal);
  expect(leftovers(run)).toEqual({});
  const { steps, variables, cell } = run.state.root;
  const shared = Object.fromEntries(Object.entries(cell?.current.keys ?? {}).map(([key, { value }]) => [key, value]));
  return { fellBack: run.state.groups.get('g')?.fellBack, left: { status: end.status, outputs: end.outputs, steps, variables, shared } };
}

describe('a group that falls back to sequential', () => {
  test('because a member failed leaves what the sequential group leaves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 4 }), async (members) => {
        const failing = new Set<string>();
        const steps = members.map((each, i) => stepOf(each, `m${i}`, failing));
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
    const writer: Member = { kind: 'task', writes: ['title'], fails: false };
    await fc.assert(
      fc.asyncProperty(fc.array(member, { maxLength: 3 }), fc.nat(3), async (others, place) => {
        const members = [writer, ...others.slice(0, place), writer, ...others.slice(place)];
        const steps = members.map((each, i) => stepOf(each, `m${i}`, new Set()));
        const fallen = await perform(around(steps, { conflicts }), new Set());
        const inTurn = await perform(around(steps, { mode: 'sequential', conflicts }), new Set());
        expect([fallen.fellBack, fallen.left]).toEqual([true, inTurn.left]);
      }),
      { numRuns: RUNS },
    );
  });
});
