import { everyStep, type Workflow } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import { type ItemKnowledge, itemsOf } from './item-count.ts';
import { type KnownValues, knownInside, knownValues } from './known-values.ts';

/** Steps that a plan draws at most: as many as a file may have with all its nested workflows. */
const MOST_DRAWN_STEPS = 50_000;

/**
 * Throws TroupeError DEFINITION_INVALID when a workflow has more steps to draw than a plan holds, the items of maps counted one by one;
 * nothing is drawn for that. Throws as `itemsOf` does, too.
 */
export function checkDrawnSize(workflow: Workflow, values: KnownValues, items: ItemKnowledge): void {
  const size = sizeOf(workflow, '', values, items);
  if (size <= MOST_DRAWN_STEPS) return;
  const most = MOST_DRAWN_STEPS.toLocaleString('en');
  throw new TroupeError('DEFINITION_INVALID', `a plan of ${size.toLocaleString('en')} steps is too large: it may have ${most}`, {
    hint: 'Plan for fewer items of its maps: a plan for some of them says as much.',
    details: { steps: size, limit: MOST_DRAWN_STEPS },
  });
}

function sizeOf(workflow: Workflow, prefix: string, values: KnownValues, items: ItemKnowledge): number {
  let size = 0;
  for (const step of everyStep(workflow.steps)) {
    const path = prefix + step.id;
    size += 1;
    if (step.kind === 'map')
      size += itemsOf(step, path, values, items) * sizeOf(step.workflow, `${path}/`, knownInside(step, values), items);
    if (step.kind === 'workflow' && step.workflow !== undefined)
      size += sizeOf(step.workflow, `${path}/`, knownValues(step.workflow), items);
  }
  return size;
}
