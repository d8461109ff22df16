/** What the members of one group wait for, by place in the group. */
import { membersBefore, standingFor } from './fallbacks.ts';
import type { DependencyEdge } from './step-data.ts';
import type { Step } from './workflow.ts';

/** One member waits for another. */
export interface MemberEdge {
  /** The member that is waited for. */
  readonly from: number;
  /** Of several dependencies of one member on another: the strongest kind. */
  readonly kind: DependencyEdge['kind'];
  /** Paths that must be in the other's output. */
  readonly data: readonly string[];
  /** The question of a conditional edge, or null. */
  readonly when: string | null;
}

const STRENGTH = { soft: 0, conditional: 1, hard: 2 } as const;

/**
 * By member: what it waits for, each other member once. A dependency on a step inside another member is one on that member, and what
 * stands inside a member makes the whole member wait. In a `sequential` group each member waits for the one before it as well.
 */
export function memberEdges(steps: readonly Step[], mode: 'graph' | 'sequential' | 'parallel'): MemberEdge[][] {
  const home = new Map<string, number>();
  const settle = (inner: readonly Step[], member: number) => {
    for (const step of inner) {
      home.set(step.id, member);
      settle(innerSteps(step), member);
    }
  };
  steps.forEach((step, member) => {
    settle([step], member);
  });
  const previous = mode === 'sequential' ? membersBefore(steps) : null;
  const stages = standingFor(steps);
  return steps.map((step, member) => {
    const found = new Map<number, MemberEdge>();
    const add = (edge: MemberEdge) => {
      found.set(edge.from, joined(edge, found.get(edge.from)));
    };
    for (const [inner, id] of dependenciesWithin(step)) {
      const from = home.get(id);
      if (from !== undefined && from !== member) add(edgeOf(inner, id, from));
    }
    const before = previous?.[member] ?? null;
    if (before !== null) add({ from: before, kind: 'hard', data: [], when: null });
    const stage = stages.get(member);
    if (stage !== undefined) add({ from: stage, kind: 'soft', data: [], when: null });
    return [...found.values()];
  });
}

/** The steps that stand inside a step and share its name space: members and branches. */
function innerSteps(step: Step): readonly Step[] {
  if (step.kind === 'group') return step.steps;
  return step.kind === 'choice' ? [...step.then, ...step.otherwise] : [];
}

/** A member's own dependencies and those that its inner steps have on the outside. */
function* dependenciesWithin(step: Step): Generator<readonly [step: Step, dependency: string]> {
  for (const dependency of step.dependencies) yield [step, dependency];
  for (const member of innerSteps(step)) yield* dependenciesWithin(member);
}

function edgeOf(step: Step, id: string, from: number): MemberEdge {
  const declared = step.edges !== undefined && Object.hasOwn(step.edges, id) ? step.edges[id] : undefined;
  const inputs = step.kind === 'task' ? Object.values(step.inputs ?? {}) : [];
  const gathered = inputs.flatMap((source) => (source.from === 'step' && source.path[0] === id ? [source.path.slice(1).join('.')] : []));
  const data = [...new Set([...(declared?.data ?? []), ...gathered])].filter((path) => path !== '');
  return { from, kind: declared?.kind ?? 'hard', data, when: declared?.when ?? null };
}

function joined(edge: MemberEdge, twin: MemberEdge | undefined): MemberEdge {
  if (twin === undefined) return edge;
  const stronger = STRENGTH[edge.kind] > STRENGTH[twin.kind] ? edge : twin;
  return { ...stronger, data: [...new Set([...twin.data, ...edge.data])] };
}
