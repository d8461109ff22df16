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

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        plugins: [asInProduction],
        test: { name: 'production', include: ['test/**/*.test.ts'], setupFiles: ['test/builds/production.ts'] },
      },
      {
        extends: true,
        test: { name: 'development', include: ROOMS_ON_STATECHARTS, setupFiles: ['test/builds/development.ts'] },
      },
    ],
  },
});
