import { describe, expect, it } from 'vitest';
import { typescriptFiles } from './source-tree.ts';
import { absentTests, sleeps } from './test-habits.ts';

const tests = typescriptFiles('test', 'examples');

describe('tests', () => {
  it('do not sleep', () => {
    expect(tests.flatMap(sleeps)).toEqual([]);
  });

  it('are neither skipped nor singled out', () => {
    expect(tests.flatMap(absentTests)).toEqual([]);
  });
});

describe('the reading of tests', () => {
  const file = (text: string) => ({ path: 'a.test.ts', text });

  it.each([
    ['await new Promise((resolve) => setTimeout(resolve, 50));', 1],
    ["import { setTimeout as pause } from 'node:timers/promises'; await pause(1_000);", 1],
    ['globalThis.setTimeout(done, 10);', 1],
    ['await new Promise((resolve) => setTimeout(resolve, 0));', 0],
    ["const guard = setTimeout(() => reject(new Error('it hangs')), 5_000);", 0],
    ['await context.sleep(5_000);', 0],
  ])('sleeps in %s: %i', (text, count) => {
    expect(sleeps(file(text))).toHaveLength(count);
  });

  it('hears every way of leaving a test out', () => {
    const left = ["it.skip('a', () => {});", "describe.only('a', () => {});", "it.concurrent.skipIf(x)('a', () => {});"];
    expect(left.map((text) => absentTests(file(text)).length)).toEqual([1, 1, 1]);
    expect(absentTests(file("list.skip(1); it('a', () => {});"))).toEqual([]);
  });
});
