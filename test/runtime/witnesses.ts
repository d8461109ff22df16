/**
 * Steps that leave what they see: outputs, variables and shared values tell what each of them was shown, so that one that saw something else
 * would have left something else. Every write adds the path of its step, so that a write that was lost is missed.
 */
import fc from 'fast-check';
import { completed, fail } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { GroupStep, MapStep, NestedStep, Step } from '../../src/definition/workflow.ts';
import { canonicalJson } from '../../src/protocol/canonical-json.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/protocol/json.ts';
import type { Run } from '../../src/runtime/run.ts';
import { task, workflowOf } from './linear.ts';

/** A scalar, a list, a map, and how they begin. */
export const SHARED = { title: 'untitled', log: [], table: {} };
/** Keys of the shared context. */
export const KEYS = ['title', 'log', 'table'] as const;

/** What a step is, without a name. */
export type Witness =
  | { readonly kind: 'task'; readonly writes: readonly (typeof KEYS)[number][]; readonly fails: boolean }
  | { readonly kind: 'parallel' | 'sequential' | 'map' | 'workflow'; readonly inner: readonly Witness[] };

const leaf: fc.Arbitrary<Witness> = fc.record({
  kind: fc.constant('task' as const),
  writes: fc.subarray([...KEYS]),
  fails: fc.boolean(),
});

/** A task, or a few of them held together. */
export const witness: fc.Arbitrary<Witness> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('parallel' as const, 'sequential' as const, 'map' as const, 'workflow' as const),
      inner: fc.array(leaf, { minLength: 1, maxLength: 2 }),
    }),
  },
);

/** How they are played: who fails at its first attempt, and how long each path takes, ms. */
export interface Playing {
  readonly failsAtFirst?: ReadonlySet<string>;
  readonly takes?: (path: string, attempt: number) => number;
  /** Whether they set a variable as well, which whoever is done last decides. */
  readonly leavesTrail?: boolean;
}

/** Plays them. */
export const witnessPlayer =
  ({ failsAtFirst, takes, leavesTrail = false }: Playing): AgentFunction =>
  async ({ task: { step, attempt, params, context }, sleep }) => {
    const ms = takes?.(step, attempt) ?? 0;
    if (ms > 0) await sleep(ms);
    if (attempt === 1 && failsAtFirst?.has(step)) return fail('not side by side');
    const saw = canonicalJson([params, context?.values ?? null]);
    const writes = Object.fromEntries((context?.writable ?? []).map((key) => [key, added(context?.values[key] ?? null, step)]));
    return completed(saw, leavesTrail ? { variables: { trail: `${params.trail ?? ''}>${step}` }, writes } : { writes });
  };

function added(value: Json, step: string): Json {
  if (Array.isArray(value)) return [...value, step];
  return isJsonObject(value) ? { ...value, [step]: Object.keys(value).length } : `${String(value)}+${step}`;
}

/** Whether a value tells of a write by a step. */
export function tellsOf(value: Json | undefined, step: string): boolean {
  if (typeof value === 'string') return value.split('+').includes(step);
  return Array.isArray(value) ? value.includes(step) : isJsonObject(value ?? null) && Object.hasOwn(value as JsonObject, step);
}

/** Params that show the variable they set. */
export const TRAIL = { trail: '{{ variables.trail }}' };

/** A step that is such a witness; those that are to fail at first are added to `failing`. */
export function witnessStep(what: Witness, id: string, failing: Set<string>, params: JsonObject = {}): Step {
  if (what.kind === 'task') {
    if (what.fails) failing.add(id);
    return task(id, { params, reads: ['log'], ...(what.writes.length === 0 ? {} : { writes: what.writes }) });
  }
  const steps = what.inner.map((each, i) => witnessStep(each, `${id}i${i}`, new Set(), params));
  const base = { id, name: id, dependencies: [] };
  // In a body that is a graph, who sees what would depend on who is first.
  if (what.kind === 'map') {
    const workflow = workflowOf(steps, { name: id, mode: 'sequential' });
    return { ...base, type: 'map', kind: 'map', over: '[1, 2]', as: 'item', workflow } satisfies MapStep;
  }
  if (what.kind === 'workflow') {
    const workflow = workflowOf(steps, { name: id, mode: 'sequential', variables: { trail: '' }, shared: SHARED });
    return { ...base, type: 'workflow', kind: 'workflow', ref: id, inputs: {}, workflow } satisfies NestedStep;
  }
  return { ...base, type: what.kind, kind: 'group', mode: what.kind, waitFor: 'all', steps } satisfies GroupStep;
}

/** The values of the shared context as a run has left it. */
export function sharedOf({ state }: Run): Readonly<Record<string, Json | undefined>> {
  return Object.fromEntries(Object.entries(state.root.cell?.current.keys ?? {}).map(([key, { value }]) => [key, value]));
}
