/** Setup of the `development` test project: the build of XState that complains, and whose complaints fail the test. */
import { afterEach, beforeEach, expect } from 'vitest';

const build = import.meta.resolve('xstate');
if (!build.includes('development')) throw new Error(`the development tests run on ${build}`);

const complaints: string[] = [];
const warn = console.warn;
console.warn = (...words: unknown[]) => {
  if (/[\\/]xstate[\\/]/.test(new Error('where').stack ?? '')) complaints.push(words.join(' '));
  else warn(...words);
};

beforeEach(() => {
  complaints.length = 0;
});

afterEach(() => {
  expect(complaints, 'complaints of XState’s development build').toEqual([]);
});
