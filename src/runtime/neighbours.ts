/** Who stands where in a run: the scope of a path, the step it names, and the steps that depend on it. */
import type { Step } from '../definition/workflow.ts';
import type { GroupBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import type { RunScope, RunState } from './run-state.ts';

/** Where a step stands in its workflow. */
interface Home {
  readonly step: Step;
  readonly group: GroupBlueprint;
  readonly member: number;
}

const known = new WeakMap<WorkflowBlueprint, ReadonlyMap<string, Home>>();

/** By id: every step of a workflow but its failure handlers; nested workflows are not entered. */
export function homesIn(blueprint: WorkflowBlueprint): ReadonlyMap<string, Home> {
  const before = known.get(blueprint);
  if (before !== undefined) return before;
  const homes = new Map<string, Home>();
  const enter = (group: GroupBlueprint): void => {
    group.members.forEach(({ step, members, branches, ballot }, member) => {
      homes.set(step.id, { step, group, member });
      for (const inner of [members, branches?.then, branches?.otherwise, ballot?.voters, ballot?.judge]) if (inner) enter(inner);
    });
  };
  enter(blueprint.root);
  known.set(blueprint, homes);
  return homes;
}

/** The scope in which a path stands; undefined where its workflow has not begun. */
export function scopeAround({ scopes }: Pick<RunState, 'scopes'>, path: string): RunScope | undefined {
  return scopes.get(path.slice(0, path.lastIndexOf('/') + 1));
}

/** Paths of the steps that wait for a step directly. */
export function dependentsOf(state: Pick<RunState, 'scopes'>, path: string): string[] {
  return membersAfter(state, path).map(({ path: dependent }) => dependent);
}

/** Paths of the steps that meet at a sync point; none for any other step. */
export function meetingAt(state: Pick<RunState, 'scopes'>, path: string): string[] {
  const scope = scopeAround(state, path);
  const step = scope === undefined ? undefined : homesIn(scope.blueprint).get(path.slice(scope.prefix.length))?.step;
  return scope === undefined || step?.kind !== 'sync' ? [] : step.members.map((id) => scope.prefix + id);
}

/** Of the dependents of a step, those for which everything they wait for has ended and which have not ended themselves. */
export function readiedBy(state: Pick<RunState, 'scopes' | 'records'>, path: string): string[] {
  return membersAfter(state, path)
    .filter(({ path: dependent, waitsFor }) => !state.records.has(dependent) && waitsFor.every((other) => state.records.has(other)))
    .map(({ path: dependent }) => dependent);
}

function membersAfter(state: Pick<RunState, 'scopes'>, path: string): { readonly path: string; readonly waitsFor: readonly string[] }[] {
  const scope = scopeAround(state, path);
  const home = scope === undefined ? undefined : homesIn(scope.blueprint).get(path.slice(scope.prefix.length));
  if (scope === undefined || home === undefined) return [];
  const { dependents, dependencies, members } = home.group;
  const pathOf = (member: number): string => scope.prefix + (members[member]?.step.id ?? '');
  return (dependents[home.member] ?? []).map((member) => ({ path: pathOf(member), waitsFor: (dependencies[member] ?? []).map(pathOf) }));
}
