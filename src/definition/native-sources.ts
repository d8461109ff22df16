import type { Json } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { checkPath } from './native-dependencies.ts';
import { type Entries, mapOf } from './native-entries.ts';
import type { NativePlace } from './native-place.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { report } from './reading.ts';
import type { SourceNode, SourcePath } from './source-node.ts';
import type { DataSource } from './step-data.ts';

/** The first name of a source, and what it stands for. */
const ROOTS: ReadonlyMap<string, DataSource['from']> = new Map([
  ['input', 'input'],
  ['steps', 'step'],
  ['shared', 'shared'],
  ['variables', 'variable'],
]);

const EXAMPLES = 'a source begins with input, steps, shared or variables, as in "steps.design.doc"';

/** Inputs as they are gathered, and the steps that must have ended for it. */
interface Inputs {
  readonly inputs: Readonly<Record<string, DataSource>> | undefined;
  readonly dependencies: readonly string[];
}

/** Reads `inputs` of the step `id`; `params` are those it is given beside them. */
export function readInputs(id: string, data: Entries, params: Entries, node: SourceNode, place: NativePlace): Inputs {
  const inputs: Record<string, DataSource> = {};
  const dependencies = new Set<string>();
  for (const [name, written] of Object.entries(mapOf(data.inputs))) {
    if (params[name] !== undefined) {
      const message = `${quoted(name)} is among the inputs and among the params`;
      report(place.reading, node, ['inputs', name], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'give it in one place' });
    }
    const source = readSource(written ?? null, ['inputs', name], node, place);
    if (source === null) continue;
    inputs[name] = source;
    const [step] = source.path;
    const dependency = source.from === 'step' && step !== undefined ? place.homes.dependencyFor(id, step) : null;
    if (dependency !== null) dependencies.add(dependency);
  }
  return { inputs: data.inputs === undefined ? undefined : inputs, dependencies: [...dependencies] };
}

function readSource(written: Json, path: SourcePath, node: SourceNode, place: NativePlace): DataSource | null {
  if (!isJsonObject(written)) return typeof written === 'string' ? readPath(written, path, node, place) : null;
  if (written.optional === true && written.default !== undefined) {
    const message = 'what has a default is never left out: "optional" says nothing beside it';
    report(place.reading, node, [...path, 'optional'], { code: 'DECLARATION_CONFLICT', part: 'key', message });
  }
  const source = typeof written.from === 'string' ? readPath(written.from, [...path, 'from'], node, place) : null;
  if (source === null || written.default !== undefined) return source && { ...source, default: written.default ?? null };
  return written.optional === true ? { ...source, optional: true } : source;
}

function readPath(text: string, path: SourcePath, node: SourceNode, place: NativePlace): DataSource | null {
  const { reading, homes } = place;
  if (text.includes('{{')) {
    const message = `${quoted(text)} is a template, and a source is a path`;
    report(reading, node, path, { code: 'VALUE_UNKNOWN', message, hint: 'leave out the braces, or put it under "params"' });
    return null;
  }
  const [root, ...names] = checkPath(text, path, node, reading);
  if (root === undefined) return null;
  const from = ROOTS.get(root);
  if (from === undefined) {
    const meant = homes.knows(root) ? `steps.${root}` : nearest(root, ROOTS.keys());
    const hint = meant === null ? EXAMPLES : `did you mean "${meant}"?`;
    report(reading, node, path, { code: 'NAME_UNKNOWN', message: `${quoted(root)} is no source of data`, hint });
    return null;
  }
  if (from !== 'input' && names.length === 0) {
    report(reading, node, path, { code: 'VALUE_UNKNOWN', message: `${quoted(text)} does not say which one`, hint: EXAMPLES });
    return null;
  }
  if (from !== 'step') return { from, path: names };
  const length = homes.idLength(names);
  return { from, path: [names.slice(0, length).join('.'), ...names.slice(length)] };
}
