/** Who waits for whom among the members of a group, and on what terms. */
import { compileCondition } from '../definition/condition.ts';
import { membersBefore, standingFor } from '../definition/fallbacks.ts';
import type { DependencyEdge } from '../definition/step-data.ts';
import type { Dialect, Scope, Step } from '../definition/workflow.ts';

/** The terms on which a member waits for another, where they are not plain. */
export interface EdgeTerms {
  readonly kind: DependencyEdge['kind'];
  /** The id of the step that was depended on; it may stand inside the other member. */
  readonly step: string;
  /** conditional: judged when the other has completed. */
  readonly when: ((scope: Scope) => boolean) | null;
  /** Paths that must be in the output of the step. */
  readonly data: readonly string[];
}

/** The edges of a group. */
export interface DrawnEdges {
  /** By member: the members it waits for. */
  readonly before: readonly ReadonlySet<number>[];
  /** By member and by the member it waits for: special terms. Null where the whole group has none. */
  readonly terms: readonly (ReadonlyMap<number, readonly EdgeTerms[]> | null)[] | null;
}

/**
 * Draws the edges. A dependency on a step inside another member is one on that member; a sync point waits for its members by itself.
 * `triesOn`: not every member must complete, so that in a sequence the next one follows also when the one before it has failed.
 */
export function drawEdges(
  steps: readonly Step[],
  mode: 'graph' | 'sequential' | 'parallel',
  dialect: Dialect,
  triesOn = false,
): DrawnEdges {
  const home = homes(steps);
  const previous = mode === 'sequential' ? membersBefore(steps) : null;
  const stages = standingFor(steps);
  const terms: (Map<number, EdgeTerms[]> | null)[] = steps.map(() => null);
  let isSpecial = false;
  const before = steps.map((step, member) => {
    const from = new Set<number>();
    for (const [id, edge] of dependenciesWithin(step)) {
      const other = home.get(id);
      if (other === undefined || other === member) continue;
      from.add(other);
      if (edge === undefined) continue;
      isSpecial = true;
      const own = terms[member] ?? new Map<number, EdgeTerms[]>();
      terms[member] = own;
      own.set(other, [...(own.get(other) ?? []), drawn(id, edge, dialect)]);
    }
    const before = previous?.[member] ?? null;
    if (triesOn && before !== null && !from.has(before)) {
      isSpecial = true;
      terms[member] = (terms[member] ?? new Map<number, EdgeTerms[]>()).set(before, [IN_ORDER]);
    }
    if (before !== null) from.add(before);
    const stage = stages.get(member);
    if (stage !== undefined) from.add(stage);
    return from;
  });
  return { before, terms: isSpecial ? terms : null };
}

/** Comes after, whatever became of the other. */
const IN_ORDER: EdgeTerms = { kind: 'soft', step: '', when: null, data: [] };

function drawn(step: string, { kind, when, unless = [], data = [] }: DependencyEdge, dialect: Dialect): EdgeTerms {
  const holds = when === undefined ? null : compileCondition(when, dialect);
  if (unless.length === 0) return { kind, step, when: holds, data };
  const excluded = unless.map((each) => compileCondition(each, dialect));
  return { kind, step, when: (scope) => !excluded.some((each) => each(scope)) && holds?.(scope) !== false, data };
}

/** By id: the member a step is, or stands in. */
function homes(steps: readonly Step[]): Map<string, number> {
  const home = new Map<string, number>();
  const settle = (inner: readonly Step[], member: number) => {
    for (const step of inner) {
      home.set(step.id, member);
      if (step.kind === 'group' || step.kind === 'vote') settle(step.steps, member);
      if (step.kind === 'choice') settle([...step.then, ...step.otherwise], member);
    }
  };
  steps.forEach((step, member) => {
    settle([step], member);
  });
  return home;
}

/** A member's own dependencies and those that its inner steps have on the outside. */
function* dependenciesWithin(step: Step): Generator<readonly [id: string, edge: DependencyEdge | undefined]> {
  for (const id of step.dependencies) {
    if (step.kind === 'sync' && step.members.includes(id)) continue;
    const edge = step.edges?.[id];
    yield [id, edge?.kind === 'hard' && edge.data === undefined ? undefined : edge];
  }
  const inner = step.kind === 'group' ? step.steps : step.kind === 'choice' ? [...step.then, ...step.otherwise] : [];
  for (const member of inner) yield* dependenciesWithin(member);
}
