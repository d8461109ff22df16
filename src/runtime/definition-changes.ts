/** In words: what makes one definition another one. */
import { hashDefinition } from '../definition/definition-hash.ts';
import { everyStep, type Step, type Workflow } from '../definition/workflow.ts';
import type { Json } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import { adoptDefinition } from './adopted-definition.ts';

/** Longer values are cut here. */
const LONGEST_VALUE = 60;

/** What says nothing about what is done. */
const IGNORED: ReadonlySet<string> = new Set(['file', 'position', 'steps', 'then', 'otherwise', 'onStepFailure', 'onWorkflowFailure']);

/**
 * What has changed between the definition that a run keeps and a workflow, a line each: `+ step x`, `- step y`, `~ step z: persona "a" → "b"`.
 * Empty where it is the same definition, wherever it stands in its file. `stepTypes`: those that the crew of the run performs.
 */
export function definitionChanges(recorded: Workflow, workflow: Workflow, stepTypes: readonly string[]): string[] {
  const next = adoptDefinition(workflow, stepTypes).workflow;
  if (hashDefinition(recorded) === hashDefinition(next)) return [];
  const changes = changesIn(recorded, next, '');
  return changes.length > 0 ? changes : ['~ the order of its steps'];
}

function changesIn(before: Workflow, after: Workflow, prefix: string): string[] {
  const own = valueChanges(before, after).map((change) => `~ ${prefix === '' ? 'the workflow' : prefix.slice(0, -1)}: ${change}`);
  const was = stepsOf(before);
  const is = stepsOf(after);
  const gone = [...was.keys()].filter((id) => !is.has(id)).map((id) => `- step ${prefix}${id}`);
  const there = [...is].flatMap(([id, step]) => {
    const old = was.get(id);
    return old === undefined ? [`+ step ${prefix}${id}`] : stepChanges(old, step, prefix + id);
  });
  return [...own, ...gone, ...there];
}

function stepChanges(before: Step, after: Step, path: string): string[] {
  const inner =
    'workflow' in before && 'workflow' in after && before.workflow !== undefined && after.workflow !== undefined
      ? changesIn(before.workflow, after.workflow, `${path}/`)
      : [];
  return [...valueChanges(before, after).map((change) => `~ step ${path}: ${change}`), ...inner];
}

function stepsOf({ steps, onStepFailure, onWorkflowFailure }: Workflow): Map<string, Step> {
  return new Map([...everyStep([...steps, ...onStepFailure, ...onWorkflowFailure])].map((step) => [step.id, step]));
}

function valueChanges(before: object, after: object): string[] {
  const old: Readonly<Record<string, Json>> = { ...before } as never;
  const now: Readonly<Record<string, Json>> = { ...after } as never;
  const skipped = (key: string) => IGNORED.has(key) || (key === 'workflow' && key in old && key in now);
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => !skipped(key) && !sameJson(old[key], now[key]))
    .map((key) => `${key} ${shown(old[key])} → ${shown(now[key])}`);
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
