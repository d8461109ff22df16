/** Who stands beside whom: the steps that wait for another one. */
import type { GroupBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import type { RunState } from './run-state.ts';

/** Where a step stands in its workflow. */
interface Home {
  readonly group: GroupBlueprint;
  readonly member: number;
}

const known = new WeakMap<WorkflowBlueprint, ReadonlyMap<string, Home>>();

/** Paths of the steps that wait for a step directly; none where its workflow has not begun. */
export function dependentsOf({ scopes }: Pick<RunState, 'scopes'>, path: string): string[] {
  const scope = scopes.get(path.slice(0, path.lastIndexOf('/') + 1));
  const home = scope === undefined ? undefined : homesIn(scope.blueprint).get(path.slice(scope.prefix.length));
  if (scope === undefined || home === undefined) return [];
  const { dependents, members } = home.group;
  return (dependents[home.member] ?? []).map((member) => scope.prefix + (members[member]?.step.id ?? ''));
}

/** By id: every step of a workflow but its failure handlers; nested workflows are not entered. */
function homesIn(blueprint: WorkflowBlueprint): ReadonlyMap<string, Home> {
  const before = known.get(blueprint);
  if (before !== undefined) return before;
  const homes = new Map<string, Home>();
  const enter = (group: GroupBlueprint): void => {
    group.members.forEach(({ step, members, branches, ballot }, member) => {
      homes.set(step.id, { group, member });
      for (const inner of [members, branches?.then, branches?.otherwise, ballot?.voters, ballot?.judge]) if (inner) enter(inner);
    });
  };
  enter(blueprint.root);
  known.set(blueprint, homes);
  return homes;
}
