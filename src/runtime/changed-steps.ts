/** Which steps of a run are otherwise defined in another definition. */
import type { Step, Workflow } from '../definition/workflow.ts';
import { blueprintOf } from '../planning/draw-blueprint.ts';
import type { Json } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import { OpenedGroups } from './opened-groups.ts';
import type { RunState } from './run-state.ts';

/** Paths of steps that are gone or changed; one that stands in a nested workflow counts as changed where that workflow does. */
export function changedSteps(state: RunState, workflow: Workflow): string[] {
  const { byId } = blueprintOf(workflow);
  const groups = new OpenedGroups(state);
  return [...groups.paths()].filter((path) => {
    const place = groups.place(path);
    const step = place?.group.blueprint.members[place.member]?.step;
    if (step === undefined || place?.group.prefix !== '') return false;
    const next = byId.get(path);
    // Items of a map and voters are no steps of the definition: they go with theirs.
    return next === undefined ? state.root.blueprint.byId.has(path) : !sameJson(shell(step), shell(next));
  });
}

/** The step without its place in the file, what it may spend, and members that have a path of their own. */
function shell({ position: _position, budget: _budget, ...step }: Step): Json {
  if (step.kind === 'group') return { ...step, steps: step.steps.map(({ id }) => id) } as unknown as Json;
  if (step.kind !== 'choice') return step as unknown as Json;
  const ids = (steps: readonly Step[]) => steps.map(({ id }) => id);
  return { ...step, then: ids(step.then), otherwise: ids(step.otherwise) } as unknown as Json;
}
