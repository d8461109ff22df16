import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { checkForm } from './form-check.ts';
import { reportGraph } from './graph-report.ts';
import { checkHandlers } from './handler-check.ts';
import { checkBudgets, readBudget } from './native-budget.ts';
import { readCompensateOn } from './native-compensating.ts';
import { readDeclarations } from './native-declarations.ts';
import { checkDeclared } from './native-declared-check.ts';
import { given } from './native-entries.ts';
import { readOversight } from './native-oversight.ts';
import { arrangedInPhases } from './native-phases.ts';
import { readRecovery } from './native-recovery.ts';
import { NATIVE_FILE_FORM } from './native-schema.ts';
import { readNativeSteps } from './native-step-reader.ts';
import { checkNativeTexts } from './native-text-check.ts';
import { readTiming } from './native-timing.ts';
import { type Reading, report, writtenVersion } from './reading.ts';
import { checkRecoveries } from './recovery-check.ts';
import { withPhasesAround } from './sending-steps.ts';
import { nodeAt, type SourceNode } from './source-node.ts';
import { StepHomes } from './step-homes.ts';
import type { FailurePolicy, Workflow } from './workflow.ts';

/**
 * Reads a workflow of the native dialect. All problems go to `reading.problems`; what is returned is as much of the workflow as
 * could be read, and is only fit to run when there were none.
 */
export function readNativeWorkflow(written: SourceNode, reading: Reading): Workflow {
  const data = checkForm(NATIVE_FILE_FORM, written, reading.problems) as Readonly<Record<string, Json | undefined>>;
  const root = arrangedInPhases(written, reading);
  const defaults = isJsonObject(data.defaults) ? data.defaults : {};
  for (const key of ['timeout', 'timeout_ms', 'retries']) {
    if (data[key] === undefined || defaults[key] === undefined) continue;
    report(reading, root, [key], { code: 'KEY_DUPLICATE', part: 'key', message: `"${key}" is given here and under "defaults"` });
  }
  const inherited = readTiming(defaults, root, ['defaults'], reading, readTiming(data, root, [], reading, {}));
  const ofSteps = { ...inherited, ...given({ recovery: readRecovery(data.recovery, true, root, reading) }) };
  const handling = nodeAt(root, ['failure_handling']);
  const condition = isJsonObject(data.trigger) ? data.trigger.condition : undefined;
  const version = writtenVersion(reading, root);
  const name = typeof data.name === 'string' ? data.name : '';
  const onSkip = data.on_skip === 'propagate' ? 'propagate' : 'satisfy';
  const homes = new StepHomes(nodeAt(root, ['steps']));
  const handlers = (key: string) => {
    const list = nodeAt(handling, [key]);
    return readNativeSteps(list, { reading, inherited, homes: new StepHomes(list, { ended: homes }), workflow: { name, onSkip } });
  };
  const steps = readNativeSteps(nodeAt(root, ['steps']), { reading, inherited: ofSteps, homes, workflow: { name, onSkip } });
  const workflow: Workflow = {
    name,
    ...(version === undefined ? {} : { version }),
    ...(typeof data.description === 'string' ? { description: data.description } : {}),
    dialect: 'native',
    file: reading.problems.source.file,
    variables: isJsonObject(data.variables) ? data.variables : {},
    ...readDeclarations(data, root, reading),
    ...given({ budget: readBudget(data.budget, root, reading) }),
    ...given({ oversight: readOversight(data.oversight, root, reading) }),
    steps,
    mode: data.mode === 'sequential' || root !== written ? 'sequential' : 'graph',
    ...(isJsonObject(data.outputs) ? { outputs: data.outputs } : {}),
    onFailure: (data.on_failure ?? 'continue') as FailurePolicy,
    ...given({ compensateOn: readCompensateOn(data.compensate_on, steps, root, reading) }),
    onSkip,
    onStepFailure: handlers('on_step_failure'),
    onWorkflowFailure: handlers('on_workflow_failure'),
    ...(condition === undefined ? {} : { trigger: String(condition) }),
    ...(isJsonObject(data.context) ? { context: data.context as JsonObject } : {}),
  };
  reportGraph(workflow, reading);
  checkHandlers(workflow, reading);
  checkRecoveries(workflow, ofSteps.recovery, root, reading);
  checkBudgets(workflow, root, reading);
  checkNativeTexts(workflow, root, reading);
  checkDeclared(workflow, root, reading);
  return withPhasesAround(workflow);
}
