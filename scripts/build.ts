/**
 * Builds `dist`: the library as modules with their types (tsc), and the command as one file (esbuild). With `--cli`, the command
 * alone, which is what a first run needs.
 *
 * In the one file every module behind a dynamic `import()` is evaluated only when it is asked for, so `troupe --help` pays for
 * reading the file but not for running what it does not use. Names and lines are kept: a stack trace stays readable.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyBuiltins } from './build/lazy-builtins.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const cliOnly = process.argv.includes('--cli');

async function buildCommand(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minifySyntax: true,
    legalComments: 'none',
    plugins: [lazyBuiltins],
    logLevel: 'warning',
    banner: {
      // Libraries that are CommonJS inside ask for Node's own modules through `require`.
      js: "#!/usr/bin/env node\nimport { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);",
    },
  });
  chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
}

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
await buildCommand();
