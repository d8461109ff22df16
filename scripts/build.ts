/**
 * Builds `dist`: the library as modules with their types (tsc), and the command as one file (esbuild). With `--cli`, the command
 * alone, which is what a first run needs.
 *
 * In the one file every module behind a dynamic `import()` is evaluated only when it is asked for, so `troupe --help` pays for
 * reading the file but not for running what it does not use. Names and lines are kept: a stack trace stays readable.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommand } from './build/bundle-command.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const cliOnly = process.argv.includes('--cli');

// tsc rewrites `./x.ts` in what it emits as code, but not in what it emits as types.
function renameImportsOfTypes(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith('.d.ts')) continue;
    const file = join(entry.parentPath, entry.name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/((?:\bfrom |\bimport\(|\bimport )['"]\.[^'"]*)\.ts(?=['"])/g, '$1.js'));
  }
}

function buildLibrary(): void {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  renameImportsOfTypes(dist);
}

if (!cliOnly) buildLibrary();
await bundleCommand(join(root, 'dist', 'cli.js'));
