import type { Work } from 'troupe';
import { describe, expect, test } from 'vitest';
import { play } from './opened-example.ts';

/** How many tasks were at work at once, at most; one that is queued is told of as started again when it begins. */
function mostAtOnce(events: readonly string[]): number {
  const atWork = new Set<string>();
  let most = 0;
  for (const event of events) {
    const [, type, step = ''] = /^(\S+) (counts\S*\/count)$/u.exec(event) ?? [];
    if (type === 'task.started') atWork.add(step);
    if (type === 'step.settled' || type === 'task.queued') atWork.delete(step);
    most = Math.max(most, atWork.size);
  }
  return most;
}

const placeIn = (path: string): number => Number(/\d+/u.exec(path)?.[0]);

describe('a map over fifty files', () => {
  test('keeps the order of the list, and null in the places of the two that failed', async () => {
    const reporter = ({ task }: Work) => ({ words: task.params.counts, unread: [] });
    const { outputs, history, journal } = await play('map-files', { maxConcurrency: 20, recasting: { reporter } });
    const counted = journal.flatMap(({ fact }) => (fact.type === 'task.completed' && fact.step.endsWith('/count') ? [fact.step] : []));
    expect(counted).not.toEqual(counted.toSorted((a, b) => placeIn(a) - placeIn(b)));
    const words = Array.from({ length: 50 }, (_, index) => (index === 16 || index === 33 ? null : { words: 100 * (index + 1) }));
    expect(outputs).toEqual({ files: 50, words, unread: [] });
    const failed = history.flatMap(([step, outcome]) => (outcome === 'failed' ? [step] : []));
    expect(failed.toSorted()).toEqual(['counts[16]', 'counts[16]/count', 'counts[33]', 'counts[33]/count']);
  });

  test('has at most eight at work at once, and never more than there is room for', async () => {
    expect(mostAtOnce((await play('map-files', { maxConcurrency: 20 })).events)).toBe(8);
    expect(mostAtOnce((await play('map-files', { maxConcurrency: 3 })).events)).toBe(3);
  });

  test('gives the same whatever there is room for', async () => {
    const runs = await Promise.all([1, 8, 50].map((maxConcurrency) => play('map-files', { maxConcurrency })));
    const outputs = { files: 50, words: 127_500 - 1_700 - 3_400, unread: ['chapter-17.md', 'chapter-34.md'] };
    expect(runs.map((run) => [run.status, run.outputs])).toEqual(runs.map(() => ['completed', outputs]));
  });

  test('fails with the third file that fails', async () => {
    const damaged = new Set([3, 10, 40].map((index) => `counts[${index}]/count`));
    const counter = ({ task }: Work) => {
      if (damaged.has(task.step)) throw new Error(`${task.params.file} is damaged`);
      return { words: 1 };
    };
    const { status, failure, history } = await play('map-files', { recasting: { counter } });
    expect([status, failure?.code, failure?.message]).toEqual(['failed', 'MAP_FAILED', '3 of 50 items failed, 2 may']);
    expect(Object.fromEntries(history)).toMatchObject({ counts: 'failed', 'counts[49]': 'skipped', report: 'skipped' });
  });
});
