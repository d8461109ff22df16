import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectPaths, readProjectFile, typescriptFiles } from './source-tree.ts';

const LINE_CAP = 300;
// As a whole name these say nothing; as the last word most of them do not either. `step-types.ts` is a concept, `types.ts` is none.
const NAMELESS = /^(?:types?|common|misc|shared|(?:.+-)?(?:utils?|utilities|helpers?|manager|service|handler))$/;
const DOORS = new Set(['src/index.ts', 'src/testing/index.ts']);

// Written so that this file does not contain what it looks for.
const UNFINISHED = /\bT[O]DO\b|\bFIX[M]E\b|\bX[X]X\b/;
const SILENCED = /@ts-(?:[i]gnore|[n]ocheck|[e]xpect-error)|biome-[i]gnore|eslint-[d]isable/;
const MACHINE_PATH = /(?:^|[\s"'`(=:,<>[])(?:file:\/\/)?\/(?:work|root|home|Users)\/(?!\W|$)/m;

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
const code = typescriptFiles('src', 'test', 'examples', 'bench', 'scripts');

/** `file:line` of the first match in each file. */
function sightings(files: readonly { readonly path: string; readonly text: string }[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) => {
    const match = pattern.exec(text);
    return match === null ? [] : [`${path}:${text.slice(0, match.index + 1).split('\n').length}: ${match[0].trim()}`];
  });
}

describe('files', () => {
  it(`no file is longer than ${LINE_CAP} lines`, () => {
    const long = code.map(({ path, text }) => ({ path, lines: lineCount(text) })).filter(({ lines }) => lines > LINE_CAP);
    expect(long).toEqual([]);
  });

  it('a file is named after its one concept', () => {
    const nameless = code.filter(({ path }) => NAMELESS.test(basename(path).replace(/(?:\.test)?\.ts$/, '')));
    expect(nameless.map(({ path }) => path)).toEqual([]);
  });

  it('there are two doors: no other index.ts', () => {
    expect(projectPaths().filter((path) => /(?:^|\/)index\.[cm]?[jt]s$/.test(path) && !DOORS.has(path))).toEqual([]);
  });

  it('nothing unfinished and no silenced checker is left in the code', () => {
    expect([...sightings(code, UNFINISHED), ...sightings(code, SILENCED)]).toEqual([]);
  });

  it('no file names a path of somebody’s computer', () => {
    const texts = projectPaths()
      .filter((path) => !/\.(?:png|gif|ico|woff2?)$/.test(path))
      .map((path) => ({ path, text: readProjectFile(path) }));
    expect(sightings(texts, MACHINE_PATH)).toEqual([]);
  });

  it('packages are locked without naming where they were fetched from', () => {
    const lock: { packages: Record<string, { resolved?: string; link?: boolean }> } = JSON.parse(readProjectFile('package-lock.json'));
    const hosts = Object.values(lock.packages).flatMap(({ resolved }) => (resolved === undefined ? [] : [new URL(resolved).host]));
    expect([...new Set(hosts)].filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
  });
});

describe('the search for unwanted words', () => {
  it.each([
    ['const a = "/~home/me/x";', 1],
    ['cd /~work/main', 1],
    ['see https://example.org/~home/page', 0],
    ['src/~work/x', 0],
  ])('%s: %i', (text, count) => {
    expect(sightings([{ path: 'a', text: text.replace('~', '') }], MACHINE_PATH)).toHaveLength(count);
  });

  it('finds what it names, and where', () => {
    expect(sightings([{ path: 'a', text: `one\n// ${'TO'}${'DO'} later` }], UNFINISHED)).toEqual([`a:2: ${'TO'}${'DO'}`]);
    expect(sightings([{ path: 'a', text: `// @ts${'-ign'}ore` }], SILENCED)).toHaveLength(1);
  });
});
