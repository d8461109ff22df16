/** The texts of a built step that are read in a run. */
import type { Json } from '../protocol/json.ts';
import { shownTo } from './approval-terms.ts';
import type { Step } from './workflow.ts';

/** The conditions and expressions of a step. */
export function conditionsOf(step: Step): string[] {
  const edges = Object.values(step.edges ?? {}).map(({ when }) => when);
  return [step.condition, ...edges, ...ownConditions(step)].filter((text) => text !== undefined);
}

function ownConditions(step: Step): (string | undefined)[] {
  switch (step.kind) {
    case 'choice':
      return [step.when];
    case 'sync':
      return [step.check];
    case 'map':
      return [step.over];
    case 'signal':
    case 'sleep':
      return [step.until];
    case 'group':
      return [step.phase?.gate?.check, step.phase?.feedback?.when];
    case 'task':
    case 'vote':
      return [step.feedback?.when];
    default:
      return [];
  }
}

/** The values of a step that may hold templates. */
export function templatesOf(step: Step): Json[] {
  switch (step.kind) {
    case 'task':
      return [step.params, step.compensate?.params ?? {}, step.feedback?.findings ?? ''];
    case 'variables':
      return [step.set];
    case 'workflow':
      return [step.inputs];
    case 'approval':
      return [shownTo(step)];
    case 'sleep':
      return typeof step.moment === 'object' ? [step.moment.template] : [];
    case 'group':
      return step.phase?.feedback?.findings === undefined ? [] : [step.phase.feedback.findings];
    default:
      return [];
  }
}
