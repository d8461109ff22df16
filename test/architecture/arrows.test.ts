import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycles } from './cycles.ts';
import { againstTheArrows, ROOMS, resolveImport } from './rooms.ts';
import { projectPaths, readProjectFile, type SourceFile, typescriptFiles } from './source-tree.ts';
import { importsOf } from './syntax.ts';

function importGraph(files: readonly SourceFile[], name: (path: string) => string): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    const from = name(path);
    const targets = graph.get(from) ?? new Set<string>();
    graph.set(from, targets);
    for (const { specifier } of importsOf(text)) {
      const target = resolveImport(path, specifier);
      if (target === null) continue;
      // A file that imports itself is a circle; a folder whose files know each other is not.
      if (name === posix.dirname && name(target) === from) continue;
      targets.add(name(target));
    }
  }
  return graph;
}

const drawn = (cycles: readonly string[][]): string[] => cycles.map((cycle) => cycle.join(' → '));
const file = (path: string, text: string): SourceFile => ({ path, text });
const house = typescriptFiles('src', 'examples');

describe('the arrows between rooms', () => {
  it('every import, of values and of types, goes with the arrows', () => {
    expect(againstTheArrows(house)).toEqual([]);
  });

  it('every folder of src is a room of the plan', () => {
    const folders = projectPaths()
      .filter((path) => /^src\/[^/]+\//.test(path))
      .map((path) => path.split('/')[1] ?? '');
    expect([...new Set(folders)].filter((room) => !(room in ROOMS))).toEqual([]);
  });

  it('no two files import each other, over however many hops', () => {
    const everything = [...house, ...typescriptFiles('test', 'bench', 'scripts')];
    expect(drawn(findCycles(importGraph(everything, (path) => path)))).toEqual([]);
  });

  it('no two folders import each other, over however many hops', () => {
    expect(drawn(findCycles(importGraph(typescriptFiles('src'), posix.dirname)))).toEqual([]);
  });

  it('biome.json draws the same arrows', () => {
    expect(arrowsOfBiome(JSON.parse(readProjectFile('biome.json')))).toEqual(
      Object.fromEntries(
        Object.entries(ROOMS)
          .filter(([room]) => room !== 'door' && room !== 'examples' && room !== 'cli')
          .map(([room, allowed]) => [
            room,
            Object.keys(ROOMS)
              .filter((other) => isForbiddenFolder(room, other, allowed))
              .sort(),
          ]),
      ),
    );
  });
});

describe('the drawing tells right from wrong', () => {
  it.each([
    ['a value against the arrows', file('src/policy/a.ts', "import { x } from '../machines/x.ts';"), 1],
    ['a type against the arrows', file('src/policy/a.ts', "import type { X } from '../machines/x.ts';"), 1],
    ['a re-export against the arrows', file('src/protocol/a.ts', "export { x } from '../policy/x.ts';"), 1],
    ['a dynamic import against the arrows', file('src/storage/a.ts', "const x = await import('../runtime/x.ts');"), 1],
    ['an import type against the arrows', file('src/storage/a.ts', "type X = import('../definition/x.ts').X;"), 1],
    ['a way around through the door', file('src/runtime/a.ts', "import { x } from '../index.ts';"), 1],
    ['a front desk behind the door', file('src/cli/a.ts', "import { x } from '../runtime/x.ts';"), 1],
    ['XState in the public rooms', file('src/runtime/a.ts', "import { createActor } from 'xstate';"), 1],
    ['a test inside the house', file('src/runtime/a.ts', "import { x } from '../../test/x.ts';"), 1],
    ['the front desk at the door', file('src/cli/a.ts', "import { x } from '../index.ts'; import { y } from '../testing/index.ts';"), 0],
    ['a neighbour in the same room', file('src/actors/command/a.ts', "import { x } from '../x.ts';"), 0],
    ['storage below the runtime', file('src/runtime/a.ts', "import { x } from '../storage/x.ts';"), 0],
    ['XState in its one runtime module', file('src/runtime/actor-system.ts', "import { createActor } from 'xstate';"), 0],
  ])('%s', (_, source, objections) => {
    expect(againstTheArrows([source])).toHaveLength(objections);
  });

  it('a circle is found through any number of files and drawn closed', () => {
    const files = [
      file('src/a/a.ts', "import '../b/b.ts';"),
      file('src/b/b.ts', "import '../c/c.ts';"),
      file('src/c/c.ts', "import '../a/a.ts';"),
    ];
    expect(drawn(findCycles(importGraph(files, (path) => path)))).toEqual(['src/a/a.ts → src/b/b.ts → src/c/c.ts → src/a/a.ts']);
    expect(findCycles(importGraph(files.slice(1), (path) => path))).toEqual([]);
  });
});

function isForbiddenFolder(room: string, other: string, allowed: readonly string[]): boolean {
  return other !== room && other !== 'door' && other !== 'examples' && !allowed.includes(other);
}

interface BiomeOverride {
  includes: string[];
  linter: { rules: { style?: { noRestrictedImports?: { options: { patterns: { group: string[] }[] } } } } };
}

function arrowsOfBiome(config: { overrides: BiomeOverride[] }): Record<string, string[]> {
  const arrows: Record<string, string[]> = {};
  for (const { includes, linter } of config.overrides) {
    const room = /^src\/(\w+)\/\*\*$/.exec(includes[0] ?? '')?.[1];
    const patterns = linter.rules.style?.noRestrictedImports?.options.patterns;
    if (room === undefined || room === 'cli' || patterns === undefined) continue;
    const folders = patterns.flatMap(({ group }) => group.map((glob) => /^\*\*\/(\w+)\/\*\*$/.exec(glob)?.[1]));
    arrows[room] = folders.filter((folder) => folder !== undefined).sort();
  }
  return arrows;
}
