import { statSync } from 'node:fs';
import { type Batch, hasEnded, type LearnedSteps, learnedFrom } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';
import { openForReading } from './open-store.ts';

/** Older runs than these hardly count in a moving average. */
const MOST_RUNS = 20;

/** What the newest ended runs of a workflow in this store teach, and how many there were. No store, no history; nothing is written. */
export async function learnedHistory(
  desk: Desk,
  workflow: string,
  wanted: boolean,
): Promise<{ readonly runs: number; readonly learned: LearnedSteps }> {
  if (!wanted || statSync(desk.store, { throwIfNoEntry: false })?.isDirectory() !== true) return { runs: 0, learned: {} };
  const store = await openForReading(desk);
  try {
    const journals: Batch[][] = [];
    for (const id of (await store.runs()).reverse()) {
      if (journals.length === MOST_RUNS) break;
      const summary = await store.getSummary(id);
      if (summary?.workflow === workflow && hasEnded(summary.status)) journals.unshift(await store.read(id));
    }
    return { runs: journals.length, learned: learnedFrom(journals) };
  } finally {
    await store.close();
  }
}
