import type { Plugin } from 'esbuild';

/**
 * Loads Node's own modules when the code that imports them first runs. In one bundled file their imports would all stand at the
 * top, and a command that only prints a page of help would load the network, the crypto and the process modules for nothing.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'lazy-builtin' } : { path, external: true },
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
