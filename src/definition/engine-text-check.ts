import { checkExpression } from './expression-check.ts';
import type { Reading } from './reading.ts';
import { nodeAt } from './source-node.ts';
import { everyStep, type Workflow } from './workflow.ts';

/**
 * Warns of conditions that the engine dialect cannot read. It does not fail on them, it counts them as false, so a file
 * with one runs: what was meant, however, never happens. Its templates cannot be wrong: what is not understood there is text.
 */
export function checkEngineConditions(workflow: Workflow, reading: Reading): void {
  for (const step of everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])) {
    const node = reading.origins.get(step);
    if (node === undefined) continue;
    const own = step.type === 'ConditionalStep' ? [['condition'], ['config', 'condition']] : [['condition']];
    for (const path of own) {
      const text = nodeAt(node, path);
      if (typeof text?.value !== 'string') continue;
      for (const { message, offset, hint } of checkExpression(text.value, 'engine')) {
        const at = text.textAt >= 0 ? text.textAt + offset : text.at;
        reading.problems.add({ code: 'EXPRESSION_INVALID', severity: 'warning', at, message, hint });
      }
    }
  }
}
