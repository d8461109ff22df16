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
  /**
   * By member: how many members at the start of the order must count before it may be launched, given the names that are known when
   * the run starts.
   */
  readonly barrier: (known: ReadonlySet<string>) => readonly number[];
}

/** The order of a group and what each member has to wait for beyond its dependencies. */
export function orderingOf(workflow: Workflow, steps: readonly Step[], rank: readonly number[]): Ordering {
  const order = steps.map((_, member) => member).sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0));
  const reads = steps.map((step) => namesRead(workflow, step));
  const writes = steps.map(namesWritten);
  const lastWriter = new Map<string, number>();
  const barrierByPlace: { readonly place: number; readonly unknown: readonly string[] }[] = order.map((member, place) => {
    let latest = 0;
    const unknown: string[] = [];
    for (const name of reads[member] ?? []) {
      const writer = lastWriter.get(name);
      if (writer === undefined) unknown.push(name);
      else latest = Math.max(latest, writer + 1);
    }
    for (const name of writes[member] ?? []) lastWriter.set(name, place);
    return { place: latest, unknown };
  });
  return {
    order,
    barrier: (known) => {
      const barriers: number[] = new Array(steps.length).fill(0);
      order.forEach((member, place) => {
        const { place: declared, unknown } = barrierByPlace[place] ?? { place: 0, unknown: [] };
        barriers[member] = unknown.every((name) => known.has(name)) ? declared : place;
      });
      return barriers;
    },
  };
}

function namesRead(workflow: Workflow, step: Step): Set<string> {
  const names = new Set<string>();
  const add = (found: Iterable<string>) => {
    for (const name of found) names.add(name);
  };
  if (step.condition !== undefined) add(referencedNames(step.condition, workflow.dialect, 'condition'));
  if (step.kind === 'task') add(referencedNames(step.params as Json, workflow.dialect, 'template'));
  if (step.kind === 'variables') add(referencedNames(step.set as Json, workflow.dialect, 'template'));
  if (step.kind === 'workflow') add(referencedNames(step.inputs as Json, workflow.dialect, 'template'));
  if (step.kind === 'choice') {
    add(referencedNames(step.when, workflow.dialect, 'condition'));
    for (const inner of [...step.then, ...step.otherwise]) add(namesRead(workflow, inner));
  }
  return names;
}

function namesWritten(step: Step): string[] {
  const own = [step.id, `${step.id}_status`, `${step.id}_result`];
  if (step.kind === 'task') return [...own, ...(step.outputs ?? [])];
  if (step.kind === 'variables') return [...own, ...Object.keys(step.set)];
  if (step.kind === 'choice') return [...own, ...[...step.then, ...step.otherwise].flatMap(namesWritten)];
  return own;
}
