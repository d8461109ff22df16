import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Batch, JournalStore } from '../../src/protocol/journal.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { contents } from './batches.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/**
 * Stores as earlier versions left them, kept byte for byte. Format 1: two openings (the second without syncs), three
 * segments, groups of one to three lines, every kind of fact, a payload beside the journal, ids that need escaping.
 */
const FORMATS = path.join(import.meta.dirname, 'golden');

interface Expected {
  readonly definition: { readonly name: string };
  readonly summary: { readonly id: string };
  readonly runs: [run: string, batches: Batch[]][];
}

/** The expectation names its long payload by what it repeats. */
function expected(format: string): Expected {
  const text = fs.readFileSync(path.join(FORMATS, format, 'expected.json'), 'utf8');
  return JSON.parse(text, (_, value) => (typeof value?.repeat === 'string' ? value.repeat.repeat(value.times) : value));
}

async function expectAll(store: JournalStore, { definition, summary, runs }: Expected): Promise<void> {
  expect(store.warnings).toEqual([]);
  expect(await contents(store)).toEqual(runs);
  expect(await store.getSummary(summary.id)).toEqual(summary);
  const [first] = runs[0]?.[1] ?? [];
  const hash = first?.fact.type === 'run.started' ? first.fact.definition : '';
  expect(await store.getDefinition(hash)).toEqual(definition);
}

/** A copy that a test may write to. */
function copyOf(format: string): string {
  const directory = temporaryDirectory();
  fs.cpSync(path.join(FORMATS, format, 'store'), directory, { recursive: true });
  return directory;
}

describe.each(fs.readdirSync(FORMATS))('a store of %s', (format) => {
  it('reads as the batches that were written to it, and goes on with them', async () => {
    const directory = copyOf(format);
    const all = expected(format);
    const store = await openFileStore(directory);
    await expectAll(store, all);
    const [run, batches] = all.runs[0] ?? ['', []];
    const next: Batch = { n: batches.length, fact: { type: 'timer.due', at: 1 }, intents: [] };
    await store.append(run, next);
    await store.close();
    const again = await openFileStore(directory);
    expect(await again.read(run)).toEqual([...batches, next]);
    await again.close();
  });

  it('reads the same without its indexes, and for reading only', async () => {
    const directory = copyOf(format);
    const seen = await openFileStore(directory, { readOnly: true });
    await expectAll(seen, expected(format));
    for (const name of fs.readdirSync(path.join(directory, 'journal'))) {
      if (name.endsWith('.index.json')) fs.rmSync(path.join(directory, 'journal', name));
    }
    const store = await openFileStore(directory);
    await expectAll(store, expected(format));
    await store.close();
  });
});
