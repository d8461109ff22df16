/**
 * Random workflows in which everything that fails, is recovered, goes back, stands in or is undone stands inside of everything else: phases
 * in phases, recovery in items of maps in phases, stand-ins of stand-ins in nested workflows, sagas of phases that ran three rounds.
 */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Play } from './play.ts';

/** A play, with its text for whoever looks into a failure. */
export interface DeepPlay extends Play {
  readonly text: string;
}

type Item = Record<string, Json>;

interface Draft {
  readonly kind: string;
  readonly pick: readonly number[];
  readonly members: readonly Draft[];
}

const KINDS = ['task', 'task', 'task', 'phase', 'phase', 'phase', 'phase', 'parallel', 'sequence', 'map', 'conditional', 'workflow'];

const draft = (depth: number): fc.Arbitrary<Draft> =>
  fc.record({
    kind: fc.constantFrom(...(depth === 0 ? ['task'] : KINDS)),
    pick: fc.array(fc.nat(999), { minLength: 10, maxLength: 10 }),
    members: depth === 0 ? fc.constant([]) : fc.array(draft(depth - 1), { minLength: 1, maxLength: 3 }),
  });

const STRATEGIES: readonly (readonly Json[])[] = [
  [],
  [],
  [],
  [{ use: 'retry_agent', budget: 2, delay: '5ms' }],
  [{ use: 'substitute_agent', personas: ['q'] }],
  ['fall_back_sequential'],
  [{ use: 'partial', output: 7 }],
  [{ use: 'restart' }],
  ['restart-from'],
  ['retry_agent', { use: 'restart', budget: 2 }, 'partial'],
  ['fall_back_sequential', 'restart-from', 'retry_agent'],
];

/** Texts of nested workflows, by name. */
type Files = Map<string, string>;

const POLICIES = ['continue', 'stop', 'best_effort'] as const;
const GATES: readonly Item[] = [
  { rate: 0.5, on_failure: 'rework', max: 2 },
  { rate: 1, on_failure: 'retry', max: 1 },
  { rate: 1, on_failure: 'continue' },
  { check: 'variables.n < 2' },
];

/** One of a list; `from` may be any whole number. */
const one = <T>(list: readonly T[], from: number): T | undefined => list[from % Math.max(list.length, 1)];
/** A key with its value in one of so many cases, else nothing. */
const inOneOf = (cases: number, drawn: number, entries: Item): Item => (drawn % cases === 1 ? entries : {});

function recoveryOf({ kind, pick: [, which = 0, from = 0] }: Draft, id: string, earlier: readonly string[]): Item {
  const strategies = (one(STRATEGIES, which) ?? [])
    .filter((each) => kind === 'task' || !JSON.stringify(each).includes('substitute_agent'))
    .map((each): Json => (each === 'restart-from' ? { use: 'restart', from: one(earlier, from) ?? id } : each));
  return kind === 'conditional' || strategies.length === 0 ? {} : { recovery: strategies };
}

function taskOf({ pick: [, , , , , undo = 0, again = 0, more = 0] }: Draft, id: string): Item {
  return {
    type: 'persona-request',
    persona: 'p',
    ...inOneOf(2, undo, { compensate: { persona: 'p', retries: undo % 3 === 1 ? 0 : 1 } }),
    ...inOneOf(4, again, { retries: { max: 1, delay: '3ms' } }),
    ...inOneOf(6, more, { writes: [`k_${id}`] }),
    ...inOneOf(7, more, { timeout: '30ms' }),
  };
}

function branchesOf({ members, pick: [, , , , , which = 0] }: Draft, id: string, files: Files): Item {
  return {
    condition: which % 2 === 1 ? 'variables.n < 2' : 'variables.n > 2',
    then_steps: listOf(members.slice(0, 2), `${id}t`, files),
    ...(members.length > 2 ? { else_steps: listOf(members.slice(2), `${id}e`, files) } : {}),
  };
}

function nestedOf({ members, pick: [, , , , , says = 0, policy = 0] }: Draft, id: string, files: Files): Item {
  const workflow = `w-${id}`;
  const own = inOneOf(3, says, { on_failure: one(POLICIES, policy) ?? null });
  files.set(workflow, JSON.stringify({ name: workflow, variables: { n: 1 }, steps: listOf(members, `${id}w`, files), ...own }));
  return { workflow };
}

function phaseOf({ pick: [, , , , , gate = 0, back = 0, more = 0] }: Draft, phases: readonly string[]): Item {
  const to = back % 3 !== 0 ? one(phases, back) : undefined;
  const feedback = { to: to ?? null, max: (more % 3) + 1, findings: `{{ feedback ?? 'same' }}` };
  return {
    ...(gate % 5 < 4 ? { gate: GATES[gate % 5] ?? null } : {}),
    ...(to === undefined ? {} : { feedback, dependencies: [to] }),
    ...inOneOf(3, more, { mode: 'sequential' }),
  };
}

function blockOf(draft: Draft, id: string, phases: readonly string[], files: Files): Item {
  const { kind, members, pick } = draft;
  const [, , , , , often = 0, policy = 0, join = 0] = pick;
  const steps = listOf(members, `${id}m`, files);
  if (kind === 'phase') return { steps, ...phaseOf(draft, phases) };
  if (kind === 'map') return { steps, over: '[1, 2]', as: 'item', ...inOneOf(3, often, { tolerate: 1 }) };
  if (kind !== 'parallel') return { steps };
  const own = one(['compensate', 'fail_fast', 'fall_back_sequential'], policy) ?? '';
  return { steps, ...inOneOf(3, often, { on_failure: own }), ...inOneOf(5, join, { wait_for: 'any' }) };
}

function bodyOf(draft: Draft, id: string, phases: readonly string[], files: Files): Item {
  switch (draft.kind) {
    case 'task':
      return taskOf(draft, id);
    case 'conditional':
      return branchesOf(draft, id, files);
    case 'workflow':
      return nestedOf(draft, id, files);
    default:
      return blockOf(draft, id, phases, files);
  }
}

function listOf(drafts: readonly Draft[], prefix: string, files: Files): Item[] {
  const items: Item[] = [];
  for (const [n, each] of drafts.entries()) {
    const id = `${prefix}${n}`;
    const [waits = 0, , , policy = 0, standsIn = 0, , , , , asks = 0] = each.pick;
    const idsIn = (all: readonly Item[]) => all.map((item) => String(item.id));
    const earlier = idsIn(items);
    const phases = idsIn(items.filter(({ type }) => type === 'phase'));
    const before = standsIn % 5 === 1 ? items.at(-1) : undefined;
    if (before !== undefined) before.fallback = id;
    // Who stands in for another depends on nothing that waits for it.
    const dependency = before === undefined && waits % 3 !== 0 ? one(earlier, waits) : undefined;
    items.push({
      id,
      type: each.kind,
      ...(dependency === undefined ? {} : { dependencies: [dependency] }),
      ...recoveryOf(each, id, earlier),
      ...inOneOf(4, policy, { on_failure: one(POLICIES, policy) ?? null }),
      ...inOneOf(7, asks, { condition: 'variables.n < 2' }),
      ...bodyOf(each, id, phases, files),
    });
  }
  return items;
}

const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ after: fc.constantFrom(0, 5, 20, 60), output: fc.constant({ status: 'pass' }) }) },
  { weight: 1, arbitrary: fc.record({ after: fc.constantFrom(0, 10), output: fc.record({ status: fc.constant('fail'), n: fc.nat(3) }) }) },
  { weight: 3, arbitrary: fc.record({ after: fc.constantFrom(0, 10), fail: fc.constant('no') }) },
  { weight: 1, arbitrary: fc.record({ after: fc.constant(5), throw: fc.constant('broke') }) },
);

/** Ids of all steps of a text of ours. */
const idsOf = (text: string): string[] => [...text.matchAll(/"id":\s*"([^"]+)"/gu)].map(([, id = '']) => id);

/** Whole plays; those whose file would be refused are left out. */
export const deepPlays: fc.Arbitrary<DeepPlay> = fc
  .record({
    drafts: fc.array(draft(3), { minLength: 1, maxLength: 4 }),
    onFailure: fc.constantFrom('continue', 'stop', 'best_effort'),
    handlers: fc.nat(3),
    general: fc.nat(5),
    undo: fc.nat(4),
    answers: fc.array(fc.array(answer, { minLength: 1, maxLength: 4 }), { minLength: 40, maxLength: 40 }),
    maxConcurrency: fc.constantFrom(1, 2, 5),
  })
  .map(({ drafts, onFailure, handlers, general, undo, answers, maxConcurrency }) => {
    const files: Files = new Map();
    const steps = listOf(drafts, 's', files);
    const root: Item = { name: 'deep', variables: { n: 1 }, on_failure: onFailure, steps };
    if (handlers > 0) {
      root.failure_handling = {
        on_step_failure: [{ id: 'h1', type: 'persona-request', persona: 'p', ...(handlers === 2 ? { for: String(steps[0]?.id) } : {}) }],
        on_workflow_failure: [{ id: 'h2', type: 'persona-request', persona: 'p' }],
      };
    }
    if (general === 0) root.recovery = [{ use: 'retry_agent', delay: '4ms' }];
    if (general === 1) root.recovery = [{ use: 'restart' }];
    if (undo === 1 && JSON.stringify(steps).includes('"compensate"')) root.compensate_on = 'failure';
    const whole = JSON.stringify(root, null, 1);
    const { workflow } = loadWorkflowSync(whole, { text: true, workflows: (name) => files.get(name) ?? null });
    const text = [whole, ...files.values()].join('\n');
    const script: Record<string, readonly ScriptedAnswer[]> = { '*': [{ after: 3, output: { status: 'pass' } }] };
    for (const [n, id] of idsOf(text).entries()) script[id] = answers[n % answers.length] ?? [];
    return workflow === null ? null : { text, workflow, script, maxConcurrency };
  })
  .filter((play) => play !== null);
