import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectPaths, readProjectFile } from './source-tree.ts';

const MOST_PACKAGES = 20;
const MOST_BYTES = 30 * 1024 * 1024;

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest: { scripts: Record<string, string>; dependencies: Record<string, string>; files: string[] } = JSON.parse(
  readProjectFile('package.json'),
);
const lock: { packages: Record<string, { dev?: boolean; optional?: boolean; hasInstallScript?: boolean }> } = JSON.parse(
  readProjectFile('package-lock.json'),
);
const installed = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesBelow(path) : entry.isFile() ? statSync(path).size : 0);
  }, 0);
}

describe('an installed Troupe', () => {
  it(`brings at most ${MOST_PACKAGES} packages, itself included`, () => {
    expect(installed.length + 1).toBeLessThanOrEqual(MOST_PACKAGES);
  });

  it(`takes at most ${MOST_BYTES / 1024 / 1024} MB`, () => {
    const bytes = installed.reduce((sum, [path]) => sum + bytesBelow(join(root, path)), bytesBelow(join(root, 'dist')));
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('runs nothing while it is installed', () => {
    expect(Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([]);
    expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).toEqual([]);
  });

  it('needs at run time only what it declares', () => {
    const declared = new Set(Object.keys(manifest.dependencies));
    const used = projectPaths()
      .filter((path) => path.startsWith('src/') && path.endsWith('.ts'))
      .flatMap((path) =>
        [...readProjectFile(path).matchAll(/from '([^.'][^']*)'|import\('([^.'][^']*)'\)/g)].map((match) => match[1] ?? match[2] ?? ''),
      )
      .filter((specifier) => !specifier.startsWith('node:'))
      .map((specifier) =>
        specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    expect([...new Set(used)].filter((name) => !declared.has(name))).toEqual([]);
  });
});
