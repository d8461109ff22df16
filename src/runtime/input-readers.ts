/** Which steps of a run depend on what it was started with. */
import type { Step, Workflow } from '../definition/workflow.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import { OpenedGroups } from './opened-groups.ts';
import type { RunState } from './run-state.ts';

/** Whoever mentions one of these may read every name there is. */
const EVERYTHING = ['input', 'variables', 'context'];

/** Names that have another value in one input than in another. */
export function changedNames(before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !sameJson(before[name], after[name]));
}

/**
 * Paths of the steps that may read one of the names, or what the workflow makes of them in its variables and in the shared context. A step that
 * mentions a name in any of its texts counts as reading it: none is missed, and one too many only runs again.
 */
export function readersOfInput(state: RunState, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const known = withDerived(state.root.blueprint.workflow, names);
  const groups = new OpenedGroups(state);
  return [...groups.paths()].filter((path) => {
    const place = groups.place(path);
    if (place === undefined || place.group.prefix !== '' || !state.root.blueprint.byId.has(path)) return false;
    const step = place.group.blueprint.members[place.member]?.step;
    return step !== undefined && mentions(ownTexts(step), known);
  });
}

/** The names, and those of variables and shared keys that are made of them. */
function withDerived({ variables, shared = {} }: Workflow, names: readonly string[]): string[] {
  const known = new Set(names);
  const derived = [...Object.entries(variables), ...Object.entries(shared)];
  for (let before = -1; before < known.size; ) {
    before = known.size;
    for (const [name, value] of derived) if (mentions(value, [...known])) known.add(name);
  }
  return [...known];
}

/** What a step says itself: its members speak for themselves, and a nested workflow sees only what it is given. */
function ownTexts(step: Step): Json {
  const { position: _position, id: _id, ...own } = step;
  const texts = { ...own } as Record<string, unknown>;
  for (const inner of ['steps', 'then', 'otherwise']) if (step.kind !== 'vote') delete texts[inner];
  if (step.kind === 'workflow') delete texts.workflow;
  delete texts.type;
  delete texts.description;
  if (isPlain(step.name)) delete texts.name;
  return texts as Json;
}

function mentions(value: Json | undefined, names: readonly string[]): boolean {
  if (typeof value === 'string') return mentionedIn(value, names);
  if (Array.isArray(value)) return value.some((each) => mentions(each as Json, names));
  if (!isJsonObject(value)) return false;
  // A source of data names its field.
  if (value.from === 'input' && Array.isArray(value.path)) return value.path.length === 0 || names.includes(String(value.path[0]));
  return Object.values(value).some((each) => mentions(each, names));
}

function mentionedIn(text: string, names: readonly string[]): boolean {
  const bare = text.replace(/\b(?:input|variables)\s*\.\s*(?=[\p{L}_$])/gu, '');
  const words = bare.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  const odd = names.filter((name) => !/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name));
  return words.some((word) => EVERYTHING.includes(word) || names.includes(word)) || odd.some((name) => text.includes(name));
}

/** Texts for people, where nothing is evaluated. */
const isPlain = (text: string) => !text.includes('{{') && !text.includes('${');
