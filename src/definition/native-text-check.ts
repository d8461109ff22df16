/** Conditions and templates of a native file, checked as far as they can be before a run: can they be read, do the names exist? */
import { isJsonObject, type Json } from '../protocol/json.ts';
import { checkExpression, checkTemplates } from './expression-check.ts';
import { isMeantAsMoment } from './moment.ts';
import { type NativeNames, nativeNames, type Reader } from './native-names.ts';
import { checkSources } from './native-source-check.ts';
import type { Reading } from './reading.ts';
import { nodeAt, placeIn, type SourceNode, type SourcePath } from './source-node.ts';
import { StepOrder } from './step-order.ts';
import { everyStep, type MapStep, type NestedStep, type Step, votersOf, type Workflow } from './workflow.ts';

/** Keys of a step that hold neither conditions nor templates, or steps with texts of their own. */
const NOT_TEXTS: ReadonlySet<string> = new Set([
  ...[
    'id',
    'type',
    'description',
    'timeout_ms',
    'on_ambiguous',
    'criticality',
    'wait_for',
    'quorum',
    'on_failure',
    'max_concurrent',
    'mode',
    'fallback',
    'transitions',
  ],
  ...['signal', 'workflow', 'steps', 'then_steps', 'else_steps', 'sync', 'members', 'threshold'],
  ...['form', 'delegate', 'on_timeout', 'on_reject'],
  ...['rule', 'choice', 'score', 'weights', 'voters', 'as', 'tolerate'],
  ...['reads', 'writes', 'on_stale', 'requires', 'estimate', 'store', 'output'],
]);

/** Keys of a step that hold a condition, or, with templates in them or not, one expression. */
const EXPRESSIONS: ReadonlySet<string> = new Set(['condition', 'check', 'over']);

/** A condition, or a value with templates in it, where it stands, and what may be said about its names. */
interface Text {
  readonly node: SourceNode;
  readonly kind: 'condition' | 'template';
  /** What the names in it are checked against; null for texts whose scope is not this workflow's. */
  readonly names: NativeNames | null;
  /** Absent: nothing is said about the order. */
  readonly reader?: Reader;
  /** What one transition asks, others may exclude: it is told of once. */
  readonly isShared?: boolean;
  /** What messages call it; default by its kind. */
  readonly called?: string;
}

/** Reports what is wrong with the conditions and templates of a workflow that was read from `root`, and with the sources of its data. */
export function checkNativeTexts(workflow: Workflow, root: SourceNode, reading: Reading): void {
  const names = nativeNames(workflow, new StepOrder(workflow.steps, workflow.mode === 'sequential'));
  const texts: Text[] = [];
  for (const path of [['variables'], ['shared'], ['conflicts'], ['timeout'], ['retries'], ['defaults'], ['outputs']])
    addText(texts, nodeAt(root, path), 'template', names);
  addText(texts, nodeAt(root, ['trigger', 'condition']), 'condition', null);
  const handlers = [...workflow.onStepFailure, ...workflow.onWorkflowFailure];
  const steps = [...stepsWithin(workflow.steps, names, true), ...stepsWithin(handlers, names, false)];
  for (const { step, names: known, ordered } of steps) {
    addStepTexts(texts, step, known, reading, ordered);
    checkSources(step, known, reading);
  }
  const told = new Set<SourceNode>();
  for (const text of texts) {
    if (text.isShared !== true || !told.has(text.node)) checkText(text, reading);
    if (text.isShared === true) told.add(text.node);
  }
}

/** All steps of a list, bodies of maps included, with the names that each of them can use. */
function* stepsWithin(
  steps: readonly Step[],
  names: NativeNames,
  ordered: boolean,
): Generator<{ readonly step: Step; readonly names: NativeNames; readonly ordered: boolean }> {
  const voters = new Set<Step>();
  for (const step of everyStep(steps)) {
    // a voter's texts are those of its vote
    if (voters.has(step)) continue;
    if (step.kind === 'vote') for (const voter of votersOf(step)) voters.add(voter);
    yield { step, names, ordered };
    if (step.kind === 'map') yield* stepsWithin(step.workflow.steps, names.inside(step), ordered);
  }
}

function addStepTexts(texts: Text[], step: Step, names: NativeNames, reading: Reading, ordered: boolean): void {
  for (const [key, { node }] of reading.origins.get(step)?.entries ?? []) {
    if (key === 'dependencies' || key === 'depends_on') addEdgeTexts(texts, step, node, names, ordered);
    else if (NOT_TEXTS.has(key) || (key === 'for' && step.kind !== 'sleep') || (key === 'inputs' && step.kind !== 'workflow')) continue;
    else if (key === 'outputs' && holdsWorkflow(step)) addText(texts, node, 'template', namesWithin(step, names));
    else if (key === 'gate') {
      addText(texts, nodeAt(node, ['check']), 'condition', names);
      addText(texts, nodeAt(node, ['person']), 'template', names);
    } else if (key === 'feedback') {
      addText(texts, nodeAt(node, ['when']), 'condition', names);
      addText(texts, nodeAt(node, ['findings']), 'template', names);
      addText(texts, nodeAt(node, ['escalate']), 'template', names);
    }
    // it is rendered when the step has ended
    else if (key === 'compensate') addText(texts, node, 'template', names);
    else texts.push({ node, ...kindOf(key, node, step), names, ...readerOf(key, step, ordered) });
  }
}

/** What is waited for may be made by steps that come later, or side by side: then nothing is said about the order. */
function readerOf(key: string, step: Step, ordered: boolean): Pick<Text, 'reader'> {
  return ordered && !endsWait(key, step) ? { reader: { step } } : {};
}

function endsWait(key: string, { kind }: Step): boolean {
  return key === 'until' && (kind === 'sleep' || kind === 'signal');
}

function isCondition(until: Json): boolean {
  return typeof until === 'string' && !isMeantAsMoment(until);
}

function holdsWorkflow(step: Step): step is NestedStep | MapStep {
  return step.kind === 'workflow' || step.kind === 'map';
}

/** The names that the outputs of what holds a workflow are made of. */
function namesWithin(step: NestedStep | MapStep, names: NativeNames): NativeNames | null {
  if (step.kind === 'map') return names.inside(step);
  const { workflow } = step;
  return workflow?.dialect === 'native' ? nativeNames(workflow, new StepOrder(workflow.steps, false)) : null;
}

/** `over` may be written as a template, too. */
function kindOf(key: string, node: SourceNode, step: Step): Pick<Text, 'kind' | 'called'> {
  if (endsWait(key, step)) return { kind: isCondition(node.value) ? 'condition' : 'template' };
  if (!EXPRESSIONS.has(key) || (key === 'over' && String(node.value).includes('{{'))) return { kind: 'template' };
  return { kind: 'condition', ...(key === 'over' ? { called: 'the expression' } : {}) };
}

/** A `when` is judged when its own dependency has completed, whatever else the step waits for. */
function addEdgeTexts(texts: Text[], step: Step, list: SourceNode, names: NativeNames, ordered: boolean): void {
  for (const entry of list.items ?? [list]) {
    const ended = nodeAt(entry, ['step'])?.value;
    if (typeof ended !== 'string') continue;
    for (const node of [nodeAt(entry, ['when']), ...(nodeAt(entry, ['unless'])?.items ?? [])])
      if (node !== undefined)
        texts.push({ node, kind: 'condition', names, isShared: true, ...(ordered ? { reader: { step, ended } } : {}) });
  }
}

function addText(texts: Text[], node: SourceNode | undefined, kind: Text['kind'], names: NativeNames | null): void {
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
    const what = text.called ?? (condition ? 'the condition' : 'the template');
    reading.problems.add({ code, at: placeIn(node, path, offset), message: `${what} cannot be read: ${message}`, hint });
  }
  if (names === null) return;
  for (const { path, value } of textsOf(node.value)) {
    for (const { offset, ...problem } of names.problems(value, kind, reader))
      reading.problems.add({ ...problem, at: placeIn(node, path, offset) });
  }
}

function* textsOf(value: Json, path: SourcePath = []): Generator<{ readonly path: SourcePath; readonly value: string }> {
  if (typeof value === 'string') yield { path, value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsOf(item, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* textsOf(item ?? null, [...path, key]);
}
