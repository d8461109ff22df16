/** Setup of the `production` test project: the build of XState that users get. */
const build = import.meta.resolve('xstate');
if (build.includes('development')) throw new Error(`the production tests run on ${build}`);
