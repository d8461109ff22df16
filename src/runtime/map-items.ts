/** The members of a map: its body once for every item. */
import type { MapStep, NestedStep } from '../definition/workflow.ts';
import type { GroupBlueprint, StepBlueprint } from '../planning/blueprint.ts';
import type { Json } from '../protocol/json.ts';

/** The group of a map over `items`: members named `map[0]`, `map[1]`, …, none of which waits for another. */
export function itemsOf(
  step: MapStep,
  blueprint: StepBlueprint,
  items: readonly Json[],
  { conflicts, conflictTimeout }: Pick<GroupBlueprint, 'conflicts' | 'conflictTimeout'>,
): GroupBlueprint {
  const none = items.map(() => []);
  const places = items.map((_, index) => index);
  const body: NestedStep = {
    kind: 'workflow',
    id: step.id,
    name: step.name,
    type: 'workflow',
    dependencies: [],
    ref: step.id,
    workflow: step.workflow,
    inputs: {},
  };
  const members = items.map((item, index): StepBlueprint => {
    const id = `${step.id}[${index}]`;
    const given = { [step.as]: item, index };
    return {
      ...blueprint,
      step: { ...body, id, name: id },
      condition: null,
      given: () => given,
      name: () => id,
      timeout: null,
      inherits: true,
      over: null,
      keys: null,
      checkpoints: [],
    };
  });
  return {
    members,
    waitsFor: items.map(() => 0),
    dependencies: none,
    dependents: none,
    rank: places,
    urgency: places,
    terms: null,
    waitFor: 'all',
    join: {
      waitFor: 'all',
      quorum: null,
      deadline: null,
      policy: step.onFailure ?? 'fail_fast',
      maxConcurrent: step.maxConcurrent ?? null,
    },
    conflicts: step.workflow.conflicts ?? conflicts,
    conflictTimeout,
    syncPoints: [],
    meetings: null,
    isolates: blueprint.writesShared,
    sideBySide: true,
    ordering: null,
  };
}

/** How many items may fail. */
export function toleratedFailures({ tolerate }: MapStep, items: number): number {
  if (tolerate === undefined) return 0;
  return 'count' in tolerate ? tolerate.count : Math.floor(tolerate.share * items);
}
