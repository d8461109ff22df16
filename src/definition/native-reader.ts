import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { checkForm } from './form-check.ts';
import { reportGraph } from './graph-report.ts';
import { NATIVE_FILE_FORM } from './native-schema.ts';
import { readNativeSteps } from './native-step-reader.ts';
import { checkNativeTexts } from './native-text-check.ts';
import { readTiming } from './native-timing.ts';
import { type Reading, report, writtenVersion } from './reading.ts';
import { nodeAt, type SourceNode } from './source-node.ts';
import type { FailurePolicy, Workflow } from './workflow.ts';

/**
 * Reads a workflow of the native dialect. All problems go to `reading.problems`; what is returned is as much of the workflow as
 * could be read, and is only fit to run when there were none.
 */
export function readNativeWorkflow(root: SourceNode, reading: Reading): Workflow {
  const data = checkForm(NATIVE_FILE_FORM, root, reading.problems, needsNoDeclaration) as Readonly<Record<string, Json | undefined>>;
  const defaults = isJsonObject(data.defaults) ? data.defaults : {};
  for (const key of ['timeout', 'timeout_ms', 'retries']) {
    if (data[key] === undefined || defaults[key] === undefined) continue;
    report(reading, root, [key], { code: 'KEY_DUPLICATE', part: 'key', message: `"${key}" is given here and under "defaults"` });
  }
  const timing = readTiming(defaults, root, ['defaults'], reading, readTiming(data, root, [], reading, {}));
  const handling = nodeAt(root, ['failure_handling']);
  const condition = isJsonObject(data.trigger) ? data.trigger.condition : undefined;
  const version = writtenVersion(reading, root);
  const workflow: Workflow = {
    name: typeof data.name === 'string' ? data.name : '',
    ...(version === undefined ? {} : { version }),
    ...(typeof data.description === 'string' ? { description: data.description } : {}),
    dialect: 'native',
    file: reading.problems.source.file,
    variables: isJsonObject(data.variables) ? data.variables : {},
    steps: readNativeSteps(nodeAt(root, ['steps']), reading, timing),
    mode: data.mode === 'sequential' ? 'sequential' : 'graph',
    ...(isJsonObject(data.outputs) ? { outputs: data.outputs } : {}),
    onFailure: (data.on_failure ?? 'continue') as FailurePolicy,
    onSkip: data.on_skip === 'propagate' ? 'propagate' : 'satisfy',
    onStepFailure: readNativeSteps(nodeAt(handling, ['on_step_failure']), reading, timing),
    onWorkflowFailure: readNativeSteps(nodeAt(handling, ['on_workflow_failure']), reading, timing),
    ...(condition === undefined ? {} : { trigger: String(condition) }),
    ...(isJsonObject(data.context) ? { context: data.context as JsonObject } : {}),
  };
  reportGraph(workflow, reading);
  checkNativeTexts(workflow, root, reading);
  return workflow;
}

/** What a run is given at its start is no part of the file. */
function needsNoDeclaration(key: string): string | undefined {
  if (key !== 'input' && key !== 'inputs') return undefined;
  return 'inputs need no declaration: what a run is started with becomes variables; "variables" gives those that it is not started with';
}
