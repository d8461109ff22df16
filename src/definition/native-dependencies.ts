import type { Json } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { parsePath, pathText } from './data-path.ts';
import { conditionOf, type Entries, given, namesOf } from './native-entries.ts';
import { isForbiddenName } from './own-data.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode, SourcePath } from './source-node.ts';
import type { DependencyEdge } from './step-data.ts';
import type { Step } from './workflow.ts';

/** One entry of `dependencies`: the id, what it says about the edge (null: nothing special), and where it stands. */
interface Written {
  readonly id: string;
  readonly edge: DependencyEdge | null;
  readonly path: SourcePath;
}

/** Reads `dependencies` or `depends_on` of a step. */
export function readDependencies(data: Entries, node: SourceNode, reading: Reading): Pick<Step, 'dependencies' | 'edges'> {
  if (data.dependencies !== undefined && data.depends_on !== undefined) {
    report(reading, node, ['depends_on'], {
      code: 'KEY_DUPLICATE',
      part: 'key',
      message: '"dependencies" and "depends_on" mean the same; give one',
    });
  }
  const written = ['dependencies', 'depends_on'].flatMap((key) => readEntries(data[key], [key], node, reading));
  const known = new Map<string, Written>();
  for (const entry of written) {
    const earlier = known.get(entry.id);
    if (earlier === undefined) known.set(entry.id, entry);
    else if (JSON.stringify(earlier.edge) !== JSON.stringify(entry.edge)) {
      const message = `the dependency on ${quoted(entry.id)} is declared twice, and differently`;
      report(reading, node, entry.path, { code: 'DECLARATION_CONFLICT', message, hint: 'name each step once' });
    }
  }
  const special = [...known.values()].flatMap(({ id, edge }) => (edge === null ? [] : [[id, edge] as const]));
  return { dependencies: [...known.keys()], ...(special.length === 0 ? {} : { edges: Object.fromEntries(special) }) };
}

function readEntries(value: Json | undefined, path: SourcePath, node: SourceNode, reading: Reading): Written[] {
  if (Array.isArray(value)) return value.flatMap((entry: Json, index) => readEntries(entry, [...path, index], node, reading));
  if (typeof value === 'string') return [{ id: value, edge: null, path }];
  if (!isJsonObject(value) || typeof value.step !== 'string') return [];
  return [{ id: value.step, edge: readEdge(value, path, node, reading), path: [...path, 'step'] }];
}

function readEdge(entry: Entries, path: SourcePath, node: SourceNode, reading: Reading): DependencyEdge | null {
  const when = conditionOf(entry.when);
  const unless = Array.isArray(entry.unless) ? entry.unless.flatMap((each: Json) => conditionOf(each) ?? []) : [];
  const { kind = when === undefined && unless.length === 0 ? 'hard' : 'conditional' } = entry as { readonly kind?: DependencyEdge['kind'] };
  const asked = when !== undefined ? 'when' : unless.length > 0 ? 'unless' : null;
  if (asked !== null && kind !== 'conditional') {
    const message = `a ${kind} dependency is waited for in any case: it has no "${asked}"`;
    report(reading, node, [...path, asked], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'leave "kind" out' });
  }
  const data = namesOf(entry.data).map((name, index) => {
    const at = [...path, 'data', ...(Array.isArray(entry.data) ? [index] : [])];
    return pathText(checkPath(name, at, node, reading));
  });
  if (kind === 'hard' && data.length === 0) return null;
  return given({ kind, when, unless: unless.length === 0 ? undefined : unless, data: data.length === 0 ? undefined : data });
}

/** Reports a path into an output that is none, or that climbs to a prototype; gives its names. */
export function checkPath(text: string, path: SourcePath, node: SourceNode, reading: Reading): string[] {
  const names = parsePath(text);
  const forbidden = names?.find(isForbiddenName);
  if (names === null) {
    const hint = 'write names with dots between them, such as "report.findings"';
    report(reading, node, path, { code: 'VALUE_UNKNOWN', message: `${quoted(text)} is no path`, hint });
  } else if (forbidden !== undefined) {
    report(reading, node, path, { code: 'KEY_FORBIDDEN', message: `the name ${forbidden} is forbidden` });
  }
  return names ?? [];
}
