/**
 * Parallel work with the meaning of a sequential run. The engine dialect defines its steps by their order: any step may set any
 * variable, the first failure ends the run, and what stands later has then never happened. To run such a file in parallel without
 * changing what it means, results count strictly in the depth-first order, and a member is launched early only when nothing that
 * stands before it and is still open can change what it reads.
 */
import { referencedNames } from '../definition/expression-references.ts';
import type { Step, Workflow } from '../definition/workflow.ts';
import type { Json } from '../protocol/json.ts';

export interface Ordering {
  /** Members by place in the order. */
  readonly order: readonly number[];
  /** By member: its place, which is how many members stand before it. With room for one, all of them must count before it is launched. */
  readonly place: readonly number[];
  /** By member: how many members at the start of the order must count before it may be launched, with room for several. */
  readonly barrier: readonly number[];
}

/** The order of a group and what each member has to wait for beyond its dependencies. */
export function orderingOf(workflow: Workflow, steps: readonly Step[], rank: readonly number[]): Ordering {
  const order = steps.map((_, member) => member).sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0));
  const barrier = steps.map(() => 0);
  const settersOf = new Map<string, number>();
  let lastTask = 0;
  order.forEach((member, place) => {
    const step = steps[member] as Step;
    const names = namesRead(workflow, step);
    // What a block does inside takes effect at once: it must not begin before its turn.
    if (step.kind !== 'task' && step.kind !== 'variables') barrier[member] = place;
    // Whoever performs a task may set any variable, declared or not; what a variables step sets is known.
    else if (names.size > 0) barrier[member] = Math.max(lastTask, ...[...names].map((name) => settersOf.get(name) ?? 0));
    if (step.kind === 'variables') for (const name of [step.id, ...Object.keys(step.set)]) settersOf.set(name, place + 1);
    else lastTask = place + 1;
  });
  return { order, place: rank, barrier };
}

/** The names a leaf reads; of a block nothing is asked, it waits for its turn anyway. */
function namesRead(workflow: Workflow, step: Step): Set<string> {
  const names = new Set<string>();
  const add = (value: unknown, kind: 'condition' | 'template') => {
    for (const name of referencedNames(value as Json, workflow.dialect, kind)) names.add(name);
  };
  if (step.condition !== undefined) add(step.condition, 'condition');
  add(step.name, 'template');
  if (step.kind === 'variables') add(step.set, 'template');
  if (step.kind !== 'task') return names;
  add(step.params, 'template');
  if (step.persona !== undefined) add(step.persona, 'template');
  if (typeof step.timeout === 'object') add(step.timeout.template, 'template');
  if (typeof step.retry?.retries === 'object') add(step.retry.retries.template, 'template');
  return names;
}
