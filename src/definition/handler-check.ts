/** Whether failure handlers that are for certain steps name steps that are there; any other step is for none. */
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { nodeAt } from './source-node.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** Reports handlers that name steps that are not there (NAME_UNKNOWN), and steps that are no handlers and name any (DECLARATION_CONFLICT). */
export function checkHandlers({ steps, onStepFailure, onWorkflowFailure }: Workflow, reading: Reading): void {
  const ids = new Set([...everyStep(steps)].map(({ id }) => id));
  for (const handler of [...onStepFailure, ...onWorkflowFailure]) {
    for (const id of handler.forSteps ?? []) if (!ids.has(id)) unknown(handler, id, ids, reading);
    for (const inner of everyStep([handler])) if (inner !== handler) checkUnbound(inner, reading);
  }
  for (const step of everyStep(steps)) checkUnbound(step, reading);
}

function unknown(handler: Step, id: string, ids: ReadonlySet<string>, reading: Reading): void {
  const node = reading.origins.get(handler);
  if (node === undefined) return;
  const place = (handler.forSteps ?? []).indexOf(id);
  const closest = nearest(id, ids);
  const hint =
    closest === null
      ? 'a handler is for steps of its own file; steps inside a map or a nested workflow count with that'
      : `did you mean "${closest}"?`;
  const at = nodeAt(node, ['for'])?.items === undefined ? ['for'] : ['for', place];
  report(reading, node, at, { code: 'NAME_UNKNOWN', message: `there is no step ${quoted(id)} that could fail`, hint });
}

function checkUnbound(step: Step, reading: Reading): void {
  const node = reading.origins.get(step);
  if (step.forSteps === undefined || node === undefined) return;
  const message = '"for" says for whose failures a handler is there, and this step is no handler';
  const hint = 'put it under "failure_handling", or leave "for" out';
  report(reading, node, ['for'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
}
