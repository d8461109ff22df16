/**
 * The plan of the house: which room may use which. Types and values obey it alike. `biome.json` repeats it for the editor's
 * sake; a test holds the two together.
 */
import { posix } from 'node:path';
import type { SourceFile } from './source-tree.ts';
import { importsOf } from './syntax.ts';

const line = ['protocol', 'definition', 'policy', 'planning', 'machines', 'actors', 'runtime'] as const;
const leftOf = (room: (typeof line)[number]): readonly string[] => line.slice(0, line.indexOf(room));

/** Each room with the rooms it may import from, itself left out. `door` is `src/index.ts`; `porch` is `src/testing/index.ts`. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  protocol: leftOf('protocol'),
  definition: leftOf('definition'),
  policy: leftOf('policy'),
  planning: leftOf('planning'),
  machines: leftOf('machines'),
  actors: leftOf('actors'),
  storage: ['protocol'],
  runtime: [...leftOf('runtime'), 'storage'],
  testing: [...line, 'storage'],
  cli: ['door', 'porch'],
  door: [...line, 'storage'],
  // Examples show what a user can write, so they see what a user sees.
  examples: ['door', 'porch'],
};

/** Where XState may be imported: it stays out of the public API and out of storage. */
function mayImportXState(path: string): boolean {
  return /^src\/(?:machines|actors)\//.test(path) || path === 'src/runtime/actor-system.ts';
}

/** The room a file stands in, or null for files outside the house (tests, benches, scripts). */
function roomOf(path: string): string | null {
  if (path === 'src/index.ts') return 'door';
  const [top, room] = path.split('/');
  if (top === 'examples') return 'examples';
  return top === 'src' && room !== undefined ? room : null;
}

/** The file a relative import names, relative to the project root; null for packages and Node's own modules. */
export function resolveImport(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;
}

/** Each import that goes against the arrows, as `file:line → target: why`. */
export function againstTheArrows(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    importsOf(text).flatMap(({ specifier, line: at }) => {
      const why = objection(path, specifier);
      return why === null ? [] : [`${path}:${at} → ${specifier}: ${why}`];
    }),
  );
}

function objection(path: string, specifier: string): string | null {
  const room = roomOf(path);
  if (room === null) return null;
  if (!(room in ROOMS)) return `${room} is not a room of the house`;
  const target = resolveImport(path, specifier);
  if (target === null)
    return /^xstate(?:$|\/)/.test(specifier) && room !== 'examples' && !mayImportXState(path)
      ? 'XState stays inside machines and actors'
      : null;
  const allowed = ROOMS[room] ?? [];
  const targetRoom = roomOf(target);
  if (targetRoom === room) return null;
  if (target === 'src/testing/index.ts' && allowed.includes('porch')) return null;
  if (targetRoom === null) return target === 'package.json' ? null : 'outside the house';
  return allowed.includes(targetRoom)
    ? null
    : `${room} may import ${allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')}`}`;
}
