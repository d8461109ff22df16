/** Conditions, templates and inputs that read the output of a step that may be skipped, without a word for that case. */
import type { Json } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { textsIn } from './expression-check.ts';
import { type ReferenceKind, referencedSteps } from './expression-references.ts';
import { quoted } from './printable.ts';
import type { SourcePath } from './source-node.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';
import type { StepProblem } from './workflow-check-step.ts';

/** Why a step may be skipped: a condition on it or around it, the branch it stands in, or edges that need not be taken. */
interface SkipReason {
  /** Equal reasons skip alike: who is skipped for the same reason does not miss the other. */
  readonly key: string;
  readonly text: string;
}

/** Steps looked at for one file; beyond that nothing more is warned of: only files that no one writes by hand are so large. */
const BUDGET = 500_000;

/** A text that says what happens when there is no value. */
const GUARDED = /\?\?|\?\.|\bnull\b|\bundefined\b|_status\b/u;

/** Skips by failure are not counted: they end in a failed run unless somebody wanted otherwise. */
export function skipProblems(workflow: Workflow): StepProblem[] {
  const reasons = new Map<string, readonly SkipReason[]>();
  settle(workflow.steps, [], reasons);
  if (![...reasons.values()].some(({ length }) => length > 0)) return [];
  const skipsOf = workflow.onSkip === 'propagate' ? spreading(workflow.steps, reasons) : (id: string) => reasons.get(id) ?? [];
  const reads = new Map([...everyStep(workflow.steps)].map((step) => [step, readsOf(step)]));
  const isTold = toldBefore(workflow.steps, reads);
  return [...reads].flatMap(([step, found]) =>
    found.flatMap(({ id, path }): StepProblem[] => {
      const own = new Set(skipsOf(step.id).map(({ key }) => key));
      const [missed] = (reasons.has(id) ? skipsOf(id) : []).filter(({ key }) => !own.has(key));
      if (missed === undefined || isAsked(step, id) || isTold(step, id)) return [];
      const message = `${quoted(step.id)} reads the output of ${quoted(id)}, which may be skipped: ${missed.text}`;
      return [{ code: 'CONDITION_ON_SKIPPED', severity: 'warning', message, hint: `say what else it is: steps.${id} ?? …`, step, path }];
    }),
  );
}

function settle(steps: readonly Step[], around: readonly SkipReason[], into: Map<string, readonly SkipReason[]>): void {
  for (const step of steps) {
    const own = [...around];
    if (step.condition !== undefined && step.condition.trim() !== 'true')
      own.push({ key: `if ${step.condition.trim()}`, text: `it has a condition` });
    if (Object.values(step.edges ?? {}).some(({ kind }) => kind === 'conditional'))
      own.push({ key: `edges of ${step.id}`, text: 'its dependencies are conditional' });
    into.set(step.id, own);
    if (step.kind === 'group') settle(step.steps, own, into);
    if (step.kind === 'vote') settle(step.steps, own, into);
    if (step.kind !== 'choice') continue;
    const branch = (side: string): SkipReason[] => [
      ...own,
      { key: `${side} of ${step.id}`, text: `it stands in a branch of ${quoted(step.id)}` },
    ];
    settle(step.then, branch('then'), into);
    settle(step.otherwise, branch('else'), into);
  }
}

/** Where skipping spreads, a step is skipped for its own reasons and for those of what it depends on. */
function spreading(steps: readonly Step[], reasons: ReadonlyMap<string, readonly SkipReason[]>): (id: string) => readonly SkipReason[] {
  const dependencies = new Map([...everyStep(steps)].map((step) => [step.id, step.dependencies]));
  const known = new Map<string, readonly SkipReason[]>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const found = new Map<string, SkipReason>();
    const seen = new Set([id]);
    for (const each of seen) {
      for (const reason of reasons.get(each) ?? []) found.set(reason.key, reason);
      for (const dependency of dependencies.get(each) ?? []) seen.add(dependency);
    }
    const all = [...found.values()];
    known.set(id, all);
    return all;
  };
}

/** Whether a step runs only when the other has completed, or asks about it first. */
function isAsked(step: Step, id: string): boolean {
  if (step.edges?.[id]?.kind === 'conditional') return true;
  return step.condition !== undefined && GUARDED.test(step.condition) && referencedSteps(step.condition, 'native', 'condition').has(id);
}

/** Whether a step only runs after another one that has read the same output without a word, and would have failed without it. */
function toldBefore(steps: readonly Step[], reads: ReadonlyMap<Step, readonly Reading[]>): (step: Step, id: string) => boolean {
  const byId = new Map([...everyStep(steps)].map((step) => [step.id, step]));
  const containers = new Map<string, Step>();
  for (const step of everyStep(steps)) for (const inner of innerSteps(step)) containers.set(inner.id, step);
  let budget = BUDGET;
  const hardDependencies = (step: Step): Step[] =>
    step.dependencies.flatMap((id) => ((step.edges?.[id]?.kind ?? 'hard') === 'hard' ? (byId.get(id) ?? []) : []));
  return (reader, id) => {
    const hasRead = (step: Step) => step.condition === undefined && reads.get(step)?.some((read) => read.id === id) === true;
    const seen = new Set([reader]);
    for (const step of seen) {
      const before = hardDependencies(step);
      budget -= 1;
      if (budget < 0 || before.some(hasRead)) return true;
      for (const other of before) seen.add(other);
      const container = containers.get(step.id);
      if (container !== undefined) seen.add(container);
    }
    return false;
  };
}

function innerSteps(step: Step): readonly Step[] {
  if (step.kind === 'group' || step.kind === 'vote') return step.steps;
  return step.kind === 'choice' ? [...step.then, ...step.otherwise] : [];
}

interface Reading {
  /** The step whose output is read. */
  readonly id: string;
  readonly path: SourcePath;
}

function readsOf(step: Step): Reading[] {
  const texts: { readonly text: string; readonly kind: ReferenceKind; readonly path: SourcePath }[] = [];
  if (step.condition !== undefined) texts.push({ text: step.condition, kind: 'condition', path: ['condition'] });
  if (step.kind === 'choice') texts.push({ text: step.when, kind: 'condition', path: ['condition'] });
  if (step.kind === 'map') texts.push({ text: step.over, kind: 'condition', path: ['over'] });
  if (step.kind === 'sync' && step.check !== undefined) texts.push({ text: step.check, kind: 'condition', path: ['check'] });
  for (const [key, value] of templatesOf(step)) {
    for (const { text, path } of textsIn(value)) if (text.includes('{{')) texts.push({ text, kind: 'template', path: [key, ...path] });
  }
  const found = texts
    .filter(({ text }) => text.includes('steps') && !GUARDED.test(text))
    .flatMap(({ text, kind, path }) => [...referencedSteps(text, 'native', kind)].map((id): Reading => ({ id, path })));
  return [...found, ...gathered(step)];
}

function templatesOf(step: Step): [string, Json][] {
  if (step.kind === 'task') return [['params', step.params]];
  if (step.kind === 'variables') return [['set', step.set]];
  if (step.kind === 'approval')
    return [
      ['subject', step.subject ?? null],
      ['params', step.params],
      ['values', step.values ?? null],
    ];
  return step.kind === 'workflow' && isJsonObject(step.inputs) ? [['inputs', step.inputs]] : [];
}

/** Inputs that are neither optional nor have a default. */
function gathered(step: Step): Reading[] {
  if (step.kind !== 'task') return [];
  return Object.entries(step.inputs ?? {}).flatMap(
    ([
      name,
      {
        from,
        path: [id],
        optional,
        default: other,
      },
    ]): Reading[] =>
      from === 'step' && id !== undefined && optional !== true && other === undefined ? [{ id, path: ['inputs', name] }] : [],
  );
}
