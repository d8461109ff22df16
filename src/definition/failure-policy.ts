/** Whose word counts about a failure: that of a step, of its group, or of what is around that. */
import type { FailurePolicy, GroupFailurePolicy } from './joining.ts';
import type { Step } from './workflow.ts';

/** What a step says about a failure of its own; undefined where its group decides. What holds others speaks of theirs instead. */
export function ownPolicy(step: Step): FailurePolicy | undefined {
  switch (step.kind) {
    case 'group': {
      const { onFailure, phase } = step;
      const isOwn = phase?.around !== undefined && (onFailure === 'continue' || onFailure === 'stop' || onFailure === 'best_effort');
      return isOwn ? onFailure : undefined;
    }
    case 'choice':
    case 'map':
    case 'workflow':
      return undefined;
    default:
      return step.onFailure;
  }
}

/** What groups inside of a group inherit where they say nothing: its own word where it is one for them, too, else what is said around it. */
export function inheritedPolicy(own: GroupFailurePolicy | undefined, around: FailurePolicy): FailurePolicy {
  return own === 'continue' || own === 'stop' || own === 'best_effort' ? own : around;
}
