/** In words: what makes one definition another one. */
import { hashDefinition } from '../definition/definition-hash.ts';
import { type Step, votersOf, type Workflow } from '../definition/workflow.ts';
import { isJsonObject, type Json } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import { adoptDefinition } from './adopted-definition.ts';

/** Longer values are cut here. */
const LONGEST_VALUE = 60;

/** What says nothing about what is done. */
const IGNORED: ReadonlySet<string> = new Set(['file', 'position', 'steps', 'then', 'otherwise', 'onStepFailure', 'onWorkflowFailure']);

/**
 * What has changed between the definition that a run keeps and a workflow, a line each: `+ step x`, `- step y`, `~ step z: persona "a" → "b"`,
 * with the place in the file where it is known. Empty where it is the same definition, wherever it stands in its file. `stepTypes`: those
 * that the crew of the run performs.
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
  const gone = [...was].filter(([id]) => !is.has(id)).map(([id, { step }]) => `- step ${prefix}${id}${placeOf(before, step)}`);
  const there = [...is].flatMap(([id, now]) => {
    const old = was.get(id);
    const place = placeOf(after, now.step);
    return old === undefined ? [`+ step ${prefix}${id}${place}`] : stepChanges(old, now, prefix + id, place);
  });
  return [...own, ...gone, ...there];
}

/** A step, and the id of the one that it stands in; empty for the workflow itself. */
interface Standing {
  readonly step: Step;
  readonly inside: string;
}

function stepChanges(before: Standing, after: Standing, path: string, place: string): string[] {
  const moved = before.inside === after.inside ? [] : [`stands in ${nameOf(before.inside)} → ${nameOf(after.inside)}`];
  const changes = [...moved, ...valueChanges(before.step, after.step)];
  const [was, is] = [before.step, after.step];
  const inner =
    'workflow' in was && 'workflow' in is && was.workflow !== undefined && is.workflow !== undefined
      ? changesIn(was.workflow, is.workflow, `${path}/`)
      : [];
  return [...changes.map((change) => `~ step ${path}: ${change}${place}`), ...inner];
}

const nameOf = (inside: string) => (inside === '' ? 'the workflow' : inside);

/** Where a step stands in its file, in brackets; nothing where that is not known. */
function placeOf({ file }: Workflow, { position }: Step): string {
  if (file === undefined || position === undefined) return '';
  return `  (${file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)}:${position.line}:${position.column})`;
}

function stepsOf({ steps, onStepFailure, onWorkflowFailure }: Workflow): Map<string, Standing> {
  const standing = (all: readonly Step[], inside: string): (readonly [string, Standing])[] =>
    all.flatMap((step) => [[step.id, { step, inside }] as const, ...standing(membersOf(step), step.id)]);
  return new Map(standing([...steps, ...onStepFailure, ...onWorkflowFailure], ''));
}

function membersOf(step: Step): readonly Step[] {
  if (step.kind === 'group') return step.steps;
  if (step.kind === 'vote') return votersOf(step);
  return step.kind === 'choice' ? [...step.then, ...step.otherwise] : [];
}

/** Keys that have another value, those of maps within by their paths. */
function valueChanges(before: object, after: object, path = ''): string[] {
  const old: Readonly<Record<string, Json>> = { ...before } as never;
  const now: Readonly<Record<string, Json>> = { ...after } as never;
  const skipped = (key: string) => path === '' && (IGNORED.has(key) || (key === 'workflow' && key in old && key in now));
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => !skipped(key) && !sameJson(old[key], now[key]))
    .flatMap((key) => {
      const [was, is] = [old[key], now[key]];
      if (isJsonObject(was) && isJsonObject(is)) return valueChanges(was, is, `${path}${key}.`);
      return [`${path}${key} ${shown(was)} → ${shown(is)}`];
    });
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
