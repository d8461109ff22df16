import { describe, expect, it } from 'vitest';
import { exportedNames, isDocumented, type ReadFile } from './docstrings.ts';
import { projectPaths, readProjectFile } from './source-tree.ts';
import { parse } from './syntax.ts';

const DOORS = ['src/index.ts', 'src/testing/index.ts'];
const read: ReadFile = (path) => (projectPaths().includes(path) ? readProjectFile(path) : null);

describe('the door', () => {
  it.each(DOORS)('everything %s exports says what it is', (door) => {
    const exported = exportedNames(door, read);
    expect(exported.length).toBeGreaterThan(0);
    expect(exported.filter(({ name, file }) => !isDocumented(name, file, read)).map(({ name }) => name)).toEqual([]);
  });

  it.each(DOORS)('%s names what it exports, and exports only', (door) => {
    const body = parse(read(door) ?? '').body as readonly { type: string; source?: unknown }[];
    expect(body.filter((node) => node.type !== 'ExportNamedDeclaration').map((node) => node.type)).toEqual([]);
  });
});

describe('the search for docstrings', () => {
  const files: Record<string, string> = {
    'src/index.ts':
      "export { a, b as c, type D } from './x.ts'; export { e } from './y.ts'; export { f } from './z.ts'; export { z } from 'zod';",
    'src/x.ts': '/** a */\nexport const a = 1;\nfunction b() {}\nexport { b };\n/** D */\nexport interface D {}',
    'src/y.ts': "import { g as e } from './z.ts';\nexport { e };",
    'src/z.ts': '/** g */\nexport function g() {}\n/* not a docstring */\nexport class f {}',
  };

  it('follows names through re-exports, renames and imports', () => {
    const names = exportedNames('src/index.ts', (path) => files[path] ?? null);
    expect(names.map(({ name }) => name)).toEqual(['a', 'c', 'D', 'e', 'f', 'z']);
    const bare = names.filter(({ name, file }) => !isDocumented(name, file, (path) => files[path] ?? null));
    expect(bare.map(({ name }) => name)).toEqual(['c', 'f']);
  });
});
