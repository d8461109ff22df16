import { isJsonObject, type Json } from '../protocol/json.ts';
import { checkGraph, type GraphProblem } from './graph-check.ts';
import { type Reading, report } from './reading.ts';
import { isSender, phaseAround } from './sending-steps.ts';
import type { SourcePath } from './source-node.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** Checks the graph of a workflow that was just read and reports each problem where it stands in the file. */
export function reportGraph(workflow: Workflow, reading: Reading): void {
  reportLists(workflow, () => false, reading);
}

/** `isOutside`: whether an id stands around the map whose body this is. */
function reportLists(workflow: Workflow, isOutside: (id: string) => boolean, reading: Reading): void {
  const lists = [workflow.steps, workflow.onStepFailure, workflow.onWorkflowFailure];
  const isSequential = workflow.mode === 'sequential';
  for (const steps of lists) {
    for (const problem of checkGraph(steps, isSequential && steps === workflow.steps, isOutside)) reportAt(problem, reading);
  }
  // natively an id names one step of the file; in the engine dialect handlers often repeat a step's name, and only one of both runs
  if (workflow.dialect === 'native') reportSharedIds(workflow, reading);
  const all = lists.flatMap((steps) => [...everyStep(steps)]);
  const here = new Set(all.map(({ id }) => id));
  const isAround = (id: string) => here.has(id) || isOutside(id);
  for (const step of all) if (step.kind === 'map') reportLists(step.workflow, isAround, reading);
}

function reportSharedIds(workflow: Workflow, reading: Reading): void {
  const taken = new Map<string, Step>();
  for (const steps of [workflow.steps, workflow.onStepFailure, workflow.onWorkflowFailure]) {
    const here = [...everyStep(steps)];
    for (const step of here) {
      const earlier = taken.get(step.id);
      if (earlier === undefined) continue;
      const message = `the step id "${step.id}" is already taken (line ${earlier.position?.line})`;
      reportAt({ code: 'STEP_DUPLICATE_ID', message, hint: 'ids are unique in the whole file, failure handling included', step }, reading);
    }
    for (const step of here) if (!taken.has(step.id)) taken.set(step.id, step);
  }
  for (const step of taken.values()) {
    const other = isSender(step) ? taken.get(phaseAround(step.id)) : undefined;
    if (other === undefined) continue;
    const message = `the way back of "${step.id}" is called "${other.id}", and that is taken (line ${other.position?.line})`;
    reportAt({ code: 'STEP_DUPLICATE_ID', message, hint: 'call one of the two steps differently', step }, reading);
  }
}

function reportAt({ step, dependency, at, code, message, hint }: GraphProblem, reading: Reading): void {
  const node = reading.origins.get(step);
  if (node === undefined) return;
  const path =
    at ?? (dependency === undefined ? [node.entries?.has('id') === true ? 'id' : 'name'] : pathOfDependency(step, dependency, reading));
  report(reading, node, path, { code, message, hint });
}

/** Where a step names a dependency; empty when it does not do so itself, but a step inside it. */
function pathOfDependency(step: Step, dependency: string, reading: Reading): SourcePath {
  const node = reading.origins.get(step);
  const keys = step.kind === 'sync' ? ['members', 'dependencies', 'depends_on'] : ['dependencies', 'depends_on'];
  for (const key of keys) {
    const list = node?.entries?.get(key)?.node;
    if (list === undefined) continue;
    if (idOf(list.value) === dependency) return isJsonObject(list.value) ? [key, 'step'] : [key];
    const index = list.items?.findIndex((item) => idOf(item.value) === dependency) ?? -1;
    if (index >= 0) return isJsonObject(list.items?.[index]?.value) ? [key, index, 'step'] : [key, index];
  }
  const { inputs = {} } = step.kind === 'vote' ? (step.steps[0] ?? {}) : step.kind === 'task' ? step : {};
  const input = Object.entries(inputs).find(([, { from, path }]) => from === 'step' && path[0] === dependency);
  return input === undefined ? [] : ['inputs', input[0]];
}

/** The id that an entry of a list of dependencies names. */
function idOf(entry: Json): Json | undefined {
  return isJsonObject(entry) ? entry.step : entry;
}
