import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// XState has two builds. Users get the production one, which is silent about mistakes; the development one complains, so the
// rooms that stand on statecharts are tested under both.
const ROOMS_ON_STATECHARTS = ['test/{machines,actors,runtime,simulation,testing}/**/*.test.ts'];

// Vitest always adds a condition that means `development` in tests; what is left here is what plain Node has.
const asInProduction: NonNullable<TestProjectInlineConfiguration['plugins']>[number] = {
  name: 'production-builds',
  configResolved(config) {
    for (const { resolve } of [config.ssr, ...Object.values(config.environments)]) {
      if (resolve?.conditions) resolve.conditions = resolve.conditions.filter((condition) => condition !== 'development|production');
    }
  },
};

// Examples import the package by its name, as users do.
const door = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^troupe$/, replacement: door('src/index.ts') },
      { find: /^troupe\/testing$/, replacement: door('src/testing/index.ts') },
    ],
  },
  test: {
    // At depth (npm run check:deep) a law may take its time.
    testTimeout: process.env.TROUPE_DEEP === '1' ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        plugins: [asInProduction],
        test: { name: 'production', include: ['test/**/*.test.ts', 'examples/**/*.test.ts'], setupFiles: ['test/builds/production.ts'] },
      },
      {
        extends: true,
        test: { name: 'development', include: ROOMS_ON_STATECHARTS, setupFiles: ['test/builds/development.ts'] },
      },
    ],
  },
});
