import type { StepList } from './builder-list.ts';
import type { AfterOption, Known, StepOptions } from './builder-options.ts';
import { textPath } from './builder-paths.ts';
import { refused } from './builder-refusal.ts';
import { builtCondition } from './builder-scope.ts';
import type { DependencyEdge } from './step-data.ts';

/** What a step waits for because it says so. */
interface Waiting {
  readonly dependencies: readonly string[];
  /** By dependency: what is special about it. */
  readonly edges: Readonly<Record<string, DependencyEdge>>;
  /** The conditions of its edges. */
  readonly conditions: readonly string[];
}

/** What `after` says. A step around the map in whose body this one stands is waited for by the map. */
export function builtAfter<K extends Known>(list: StepList, id: string, after: StepOptions<K>['after'] = []): Waiting {
  const edges: Record<string, DependencyEdge> = {};
  const dependencies: string[] = [];
  for (const one of [after].flat() as AfterOption<K>[]) {
    const { step, edge } = builtEdge<K>(list, id, one);
    const target = list.dependencyOn(step) ?? (list.isAround(step) ? null : step);
    if (target === null) continue;
    dependencies.push(target);
    if (edge !== null) edges[target] = edge;
  }
  return { dependencies, edges, conditions: Object.values(edges).flatMap(({ when }) => when ?? []) };
}

/**
 * A step that is waited for, and what is special about waiting for it; null for nothing. Throws DEFINITION_INVALID for a `when` on an edge
 * that is not conditional, and for special edges to steps inside of another group: only the group as a whole can be waited for.
 */
function builtEdge<K extends Known>(
  list: StepList,
  id: string,
  after: AfterOption<K>,
): { readonly step: string; readonly edge: DependencyEdge | null } {
  if (typeof after === 'string') return { step: after, edge: null };
  const { step, when, data, kind = when === undefined ? 'hard' : 'conditional' } = after;
  const place = `"${id}" after "${step}"`;
  if (when !== undefined && kind !== 'conditional') {
    throw refused('DECLARATION_CONFLICT', `${place}: "when" belongs to a conditional edge, this one is ${kind}`);
  }
  if (kind === 'hard' && data === undefined) return { step, edge: null };
  const target = list.dependencyOn(step);
  if ((target !== null && target !== step) || (target === null && list.isAround(step))) {
    const hint = 'depend on the group or map as a whole';
    throw refused('DEPENDENCY_UNKNOWN', `${place}: "${step}" does not stand beside "${id}", so nothing special can be said of it`, hint);
  }
  const edge = {
    kind,
    ...(when === undefined ? {} : { when: builtCondition(list, when, `"when" of ${place}`) }),
    ...(data === undefined ? {} : { data: [data].flat().map((path) => textPath(path, `the data of ${place}`).join('.')) }),
  };
  return { step, edge };
}
