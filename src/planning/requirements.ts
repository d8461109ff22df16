/** What tasks need all together. */
import type { TaskNode } from './task-graph.ts';

/** Sums over tasks: what they would hold if all ran at once, and what they use up. */
export interface Requirements {
  readonly tasks: number;
  /** Of one attempt each, ms. */
  readonly workMs: number;
  readonly tokens: number;
  readonly memoryMb: number;
  readonly cpu: number;
  readonly io: number;
  /** How many tasks need each capability. */
  readonly capabilities: Readonly<Record<string, number>>;
}

/** Adds up what tasks need. What takes no place is not counted as a task. */
export function requirementsOf(nodes: Iterable<TaskNode>): Requirements {
  const capabilities = new Map<string, number>();
  const sums = { tasks: 0, workMs: 0, tokens: 0, memoryMb: 0, cpu: 0, io: 0 };
  for (const { ms, demands = {}, takesPlace } of nodes) {
    if (takesPlace !== false) sums.tasks += 1;
    sums.workMs += ms;
    for (const name of ['tokens', 'memoryMb', 'cpu', 'io'] as const) sums[name] += demands[name] ?? 0;
    for (const name of demands.capabilities ?? []) capabilities.set(name, (capabilities.get(name) ?? 0) + 1);
  }
  return { ...sums, capabilities: Object.fromEntries(capabilities) };
}
