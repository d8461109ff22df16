/** The project's own files, as git sees them: tracked ones and new ones that are not ignored. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  /** Relative to the project root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

// A tree that was unpacked from an archive has no git: then everything counts that a fresh clone would hold.
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.troupe']);

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [relative(root, path).split(sep).join('/')] : [];
  });
}

function listed(): string[] {
  try {
    const args = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const output = execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
    return output.split('\0').filter((path) => path !== '');
  } catch {
    return walk(root);
  }
}

let paths: readonly string[] | null = null;

/** Paths of all files below 1 MB, sorted; links and what was deleted but not yet committed are left out. */
export function projectPaths(): readonly string[] {
  paths ??= [...new Set(listed())]
    .filter((path) => existsSync(join(root, path)))
    .filter((path) => statSync(join(root, path)).isFile() && statSync(join(root, path)).size < 1_000_000)
    .sort();
  return paths;
}

const texts = new Map<string, string>();

/** A file of the project as text. */
export function readProjectFile(path: string): string {
  let text = texts.get(path);
  if (text === undefined) {
    text = readFileSync(join(root, path), 'utf8');
    texts.set(path, text);
  }
  return text;
}

/** TypeScript files below the given folders (`src`, `test/cli`, …). */
export function typescriptFiles(...folders: readonly string[]): readonly SourceFile[] {
  return projectPaths()
    .filter((path) => path.endsWith('.ts') && folders.some((folder) => path.startsWith(`${folder}/`)))
    .map((path) => ({ path, text: readProjectFile(path) }));
}
