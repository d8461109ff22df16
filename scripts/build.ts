/**
 * Builds `dist`: the library as modules with their types (tsc), and the command as one file (esbuild). With `--cli`, the command
 * alone, which is what a first run needs.
 *
 * In the one file every module behind a dynamic `import()` is evaluated only when it is asked for, so `troupe --help` pays for
 * reading the file but not for running what it does not use. Names and lines are kept: a stack trace stays readable.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
    logLevel: 'warning',
    banner: {
      // Libraries that are CommonJS inside ask for Node's own modules through `require`.
      js: "#!/usr/bin/env node\nimport { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);",
    },
  });
  chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
}

if (!cliOnly) {
  rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url)), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
}
await buildCommand();
