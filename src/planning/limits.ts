/** What there is to run on. */
import { tokenRate } from '../definition/token-rate.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Demands, TaskGraph, TaskNode } from './task-graph.ts';

/** How much of each there is at once. What is absent is not limited. */
export interface Limits {
  /** Tasks at once. Infinity is allowed. */
  readonly places: number;
  readonly memoryMb?: number;
  /** Cores. */
  readonly cpu?: number;
  readonly io?: number;
  readonly tokensPerMinute?: number;
  /** Tasks at once that need it, by capability. */
  readonly capabilities?: Readonly<Record<string, number>>;
  /** Tasks at once inside a block, by its path. */
  readonly blocks?: Readonly<Record<string, number>>;
}

/** A task that can never start, and why. */
export interface UnmetDemand {
  readonly task: string;
  /** `memoryMb`, `cpu`, `io`, `tokensPerMinute`, `capability x` or `block x`. */
  readonly resource: string;
  readonly demand: number;
  readonly limit: number;
}

/** Names of the limits that say something about a graph, places first, with what there is of each. */
export function limitedResources(limits: Limits): { readonly name: string; readonly limit: number }[] {
  const { places, memoryMb, cpu, io, tokensPerMinute, capabilities = {}, blocks = {} } = limits;
  const given = Object.entries({ memoryMb, cpu, io, tokensPerMinute }).flatMap(([name, limit]) =>
    limit === undefined ? [] : [{ name, limit }],
  );
  return [
    { name: 'places', limit: places },
    ...given,
    ...Object.entries(capabilities).map(([name, limit]) => ({ name: `capability ${name}`, limit })),
    ...Object.entries(blocks).map(([name, limit]) => ({ name: `block ${name}`, limit })),
  ];
}

/** How much of a resource a task needs, by the names of `limitedResources`. */
export function demandOn(name: string, node: TaskNode): number {
  const { demands = {} } = node;
  if (name === 'places') return node.takesPlace === false ? 0 : 1;
  if (name === 'tokensPerMinute') return tokenRate(demands.tokens ?? 0, node.ms);
  if (name.startsWith('capability ')) return demands.capabilities?.includes(name.slice('capability '.length)) === true ? 1 : 0;
  if (name.startsWith('block ')) return demands.blocks?.includes(name.slice('block '.length)) === true ? 1 : 0;
  return demands[name as keyof Omit<Demands, 'capabilities' | 'blocks'>] ?? 0;
}

/** Tasks whose demands are above the limits: no schedule exists with them. */
export function unmetDemands(graph: TaskGraph, limits: Limits): UnmetDemand[] {
  return limitedResources(limits).flatMap(({ name, limit }) =>
    graph.nodes.flatMap((node) => {
      const demand = demandOn(name, node);
      return demand > limit ? [{ task: node.id, resource: name, demand, limit }] : [];
    }),
  );
}

/** Throws TroupeError DEFINITION_INVALID when a limit is no positive number or a task can never start within the limits. */
export function checkLimits(graph: TaskGraph, limits: Limits): void {
  for (const { name, limit } of limitedResources(limits)) {
    const least = name === 'places' ? 1 : 0;
    if (limit >= least) continue;
    throw new TroupeError('DEFINITION_INVALID', `the limit on ${name} is ${limit}`, { hint: `It must be ${least} or more.` });
  }
  const [first, ...rest] = unmetDemands(graph, limits);
  if (first === undefined) return;
  const more = rest.length === 0 ? '' : `, and ${rest.length} more demands are above the limits`;
  throw new TroupeError(
    'DEFINITION_INVALID',
    `${first.task} needs ${first.demand} of ${first.resource}, the limit is ${first.limit}${more}`,
    {
      hint: 'Raise the limit, or lower what the step asks for.',
    },
  );
}
