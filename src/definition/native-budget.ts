import { isJsonObject } from '../protocol/json.ts';
import type { RunBudget } from './budget.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, numberOf, textOf } from './native-entries.ts';
import { readWait } from './native-timing.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import { everyStep, type Step } from './workflow.ts';

/** Reads what a run may spend; undefined where the file does not say. */
export function readBudget(written: Entries[string], steps: readonly Step[], root: SourceNode, reading: Reading): RunBudget | undefined {
  if (!isJsonObject(written)) return undefined;
  const asked = written.on_spent;
  const terms = isJsonObject(asked) ? asked : {};
  const attempt = numberOf(written.attempt);
  if (attempt === undefined && !reservesAnything(steps)) {
    report(reading, root, ['budget'], {
      code: 'DECLARATION_CONFLICT',
      part: 'key',
      message: 'no step says how many tokens it is expected to use, so that nothing is held up by this budget',
      hint: 'give "attempt" here, or "requires: { tokens: … }" at the steps that use them',
    });
  }
  return {
    tokens: numberOf(written.tokens) ?? 0,
    ...given({
      attempt,
      onSpent: asked === 'ask' || isJsonObject(asked) ? ('ask' as const) : undefined,
      assignees: readNames(terms.assignee, ['budget', 'on_spent', 'assignee'], root, reading),
      role: textOf(terms.role),
      timeoutMs: readWait(terms.timeout, root, ['budget', 'on_spent', 'timeout'], reading),
    }),
  };
}

/** What stands in other files is not known here: it may say so. */
function reservesAnything(steps: readonly Step[]): boolean {
  return [...everyStep(steps)].some((step) => {
    if (step.kind === 'task') return step.needs?.tokens !== undefined;
    return step.kind === 'workflow' || (step.kind === 'map' && reservesAnything(step.workflow.steps));
  });
}
