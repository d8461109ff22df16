/** Conditions and templates of a native file, checked as far as they can be before a run: can they be read, do the names exist? */
import { isJsonObject, type Json } from '../protocol/json.ts';
import { checkExpression, checkTemplates } from './expression-check.ts';
import { nativeNames } from './native-names.ts';
import type { Reading } from './reading.ts';
import { nodeAt, type SourceNode, type SourcePath } from './source-node.ts';
import { StepOrder } from './step-order.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** Keys of a step that hold neither conditions nor templates, or steps with texts of their own. */
const NOT_TEXTS: ReadonlySet<string> = new Set([
  ...['id', 'type', 'description', 'dependencies', 'depends_on', 'timeout_ms', 'on_ambiguous', 'wait_for'],
  ...['signal', 'workflow', 'steps', 'then_steps', 'else_steps'],
]);

/** A condition, or a value with templates in it, where it stands, and what may be said about its names. */
interface Text {
  readonly node: SourceNode;
  readonly kind: 'condition' | 'template';
  /** What the names in it are checked against; null for texts whose scope is not this workflow's. */
  readonly names: ReturnType<typeof nativeNames> | null;
  /** The step that reads it; absent: nothing is said about the order. */
  readonly reader?: Step;
}

/** Reports what is wrong with the conditions and templates of a workflow that was read from `root`. */
export function checkNativeTexts(workflow: Workflow, root: SourceNode, reading: Reading): void {
  const main = new StepOrder(workflow.steps, workflow.mode === 'sequential');
  const names = nativeNames(workflow, main);
  const texts: Text[] = [];
  for (const path of [['variables'], ['timeout'], ['retries'], ['defaults'], ['outputs']])
    addText(texts, nodeAt(root, path), 'template', names);
  addText(texts, nodeAt(root, ['trigger', 'condition']), 'condition', null);
  for (const step of everyStep(workflow.steps)) addStepTexts(texts, step, names, reading, true);
  for (const step of everyStep([...workflow.onStepFailure, ...workflow.onWorkflowFailure]))
    addStepTexts(texts, step, names, reading, false);
  for (const text of texts) checkText(text, reading);
}

function addStepTexts(texts: Text[], step: Step, names: ReturnType<typeof nativeNames>, reading: Reading, ordered: boolean): void {
  const node = reading.origins.get(step);
  const reader = ordered ? { reader: step } : {};
  for (const [key, entry] of node?.entries ?? []) {
    if (NOT_TEXTS.has(key)) continue;
    if (step.kind === 'workflow' && key === 'outputs') {
      const inner = step.workflow && nativeNames(step.workflow, new StepOrder(step.workflow.steps, false));
      addText(texts, entry.node, 'template', step.workflow?.dialect === 'native' ? (inner ?? null) : null);
    } else texts.push({ node: entry.node, kind: key === 'condition' ? 'condition' : 'template', names, ...reader });
  }
}

function addText(texts: Text[], node: SourceNode | undefined, kind: Text['kind'], names: Text['names']): void {
  if (node !== undefined) texts.push({ node, kind, names });
}

function checkText(text: Text, reading: Reading): void {
  const { node, kind, names, reader } = text;
  // an empty condition is reported as one
  if (kind === 'condition' && (typeof node.value !== 'string' || node.value === '')) return;
  const condition = kind === 'condition';
  const found = condition
    ? checkExpression(String(node.value), 'native').map((one) => ({ ...one, path: [] }))
    : checkTemplates(node.value, 'native');
  for (const { path, offset, message, hint } of found) {
    const code = condition ? 'EXPRESSION_INVALID' : 'TEMPLATE_INVALID';
    const what = condition ? 'the condition' : 'the template';
    reading.problems.add({ code, at: placeIn(node, path, offset), message: `${what} cannot be read: ${message}`, hint });
  }
  if (names === null) return;
  for (const { path, value } of textsOf(node.value)) {
    for (const { offset, ...problem } of names.problems(value, kind, reader))
      reading.problems.add({ ...problem, at: placeIn(node, path, offset) });
  }
}

function placeIn(node: SourceNode, path: SourcePath, offset: number): number {
  const text = nodeAt(node, path) ?? node;
  return text.textAt >= 0 ? text.textAt + offset : text.at;
}

function* textsOf(value: Json, path: SourcePath = []): Generator<{ readonly path: SourcePath; readonly value: string }> {
  if (typeof value === 'string') yield { path, value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsOf(item, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* textsOf(item ?? null, [...path, key]);
}
