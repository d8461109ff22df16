import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lazyBuiltins } from './lazy-builtins.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles the command `troupe` into one executable file at an absolute path. */
export async function bundleCommand(outfile: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outfile,
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
  chmodSync(outfile, 0o755);
}
