/** What a file declares, held against what it does with it. */
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { nodeAt, type SourceNode } from './source-node.ts';
import { everyStep, type NestedStep, type Step, type Workflow } from './workflow.ts';

/** Reports declared outputs that nothing gives, critical names that nothing touches, and inputs that a nested workflow does not want. */
export function checkDeclared(workflow: Workflow, root: SourceNode, reading: Reading): void {
  checkOutputTypes(workflow, root, reading);
  checkCritical(workflow, root, reading);
  for (const step of stepsOf(workflow)) if (step.kind === 'workflow') checkNestedInputs(step, reading);
}

/** Every step of a workflow, handlers and bodies of maps included. */
function* stepsOf(workflow: Workflow): Generator<Step> {
  for (const step of everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])) {
    yield step;
    if (step.kind === 'map') yield* stepsOf(step.workflow);
  }
}

function checkOutputTypes({ outputTypes = {}, outputs, steps }: Workflow, root: SourceNode, reading: Reading): void {
  const given = new Set(outputs === undefined ? [...everyStep(steps)].map(({ id }) => id) : Object.keys(outputs));
  for (const [name, { required }] of Object.entries(outputTypes)) {
    if (given.has(name)) continue;
    const closest = nearest(name, given);
    const hint = closest === null ? `outputs are ${[...given].slice(0, 20).join(', ')}` : `did you mean "${closest}"?`;
    const severity = required ? 'error' : 'warning';
    const message = `${quoted(name)} is none of the outputs`;
    report(reading, root, ['output_types', name], { code: 'NAME_UNKNOWN', severity, part: 'key', message, hint });
  }
}

function checkCritical(workflow: Workflow, root: SourceNode, reading: Reading): void {
  if (workflow.criticalDomains === undefined) return;
  const touched = new Set(Object.keys(workflow.shared ?? {}));
  for (const step of stepsOf(workflow)) {
    if (step.kind !== 'task') continue;
    for (const name of [...(step.reads ?? []), ...(step.writes ?? []), ...(step.needs?.domains ?? [])]) touched.add(name);
  }
  const list = nodeAt(root, ['critical']);
  for (const { value, at } of list?.items ?? (list === undefined ? [] : [list])) {
    if (typeof value !== 'string' || touched.has(value)) continue;
    const closest = nearest(value, touched);
    const hint = closest === null ? undefined : `did you mean "${closest}"?`;
    const message = `no step touches ${quoted(value)}: it is neither a key of the shared context nor a domain`;
    reading.problems.add({ code: 'NAME_UNKNOWN', severity: 'warning', at, message, hint });
  }
}

function checkNestedInputs(step: NestedStep, reading: Reading): void {
  const node = reading.origins.get(step);
  const { inputs: declared } = step.workflow ?? {};
  if (node === undefined || declared === undefined) return;
  const given = new Set(Object.keys(step.inputs));
  for (const [name, { required }] of Object.entries(declared)) {
    if (!required || given.has(name)) continue;
    const message = `${quoted(step.ref)} must be given ${quoted(name)}`;
    report(reading, node, ['inputs'], { code: 'KEY_MISSING', message, hint: 'give it under "inputs"' });
  }
  for (const name of given) {
    if (Object.hasOwn(declared, name)) continue;
    const closest = nearest(name, Object.keys(declared));
    const hint = closest === null ? `it declares ${Object.keys(declared).join(', ') || 'none'}` : `did you mean "${closest}"?`;
    const message = `${quoted(step.ref)} declares no input ${quoted(name)}`;
    report(reading, node, ['inputs', name], { code: 'NAME_UNKNOWN', severity: 'warning', part: 'key', message, hint });
  }
}
