// What a store remembers of agents is bounded, and what cannot be read of a house's documents is said and begun anew.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRuntime } from '../../src/index.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { type AgentHistories, keepHistory, keptHistory, MOST_REMEMBERED } from '../../src/runtime/agent-history.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { task, workflowOf } from './linear.ts';

const seen = (at: number): AgentHistories[string] => ({
  record: { completed: 1, failed: 0, averageMs: 1, lastCompletedAt: at },
  breaker: null,
});

test('those of the crew are remembered, however many, and of others those that were seen last', () => {
  const store = createMemoryStore();
  const others = Array.from({ length: MOST_REMEMBERED + 50 }, (_, n) => [`gone${n}`, seen(n)] as const);
  keepHistory(store, Object.fromEntries(others), 'now');
  expect(Object.keys(keptHistory(store))).toHaveLength(MOST_REMEMBERED + 50);
  const crew = Array.from({ length: 700 }, (_, n) => [`here${n}`, seen(0)] as const);
  keepHistory(store, Object.fromEntries(crew), 'now');
  const kept = keptHistory(store);
  expect(crew.every(([id]) => Object.hasOwn(kept, id))).toBe(true);
  expect(others.filter(([id]) => Object.hasOwn(kept, id))).toEqual(others.slice(50));
});

test('a document that is damaged is said to be so, and the house works without it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-memory-'));
  await (await openFileStore(directory)).close();
  mkdirSync(join(directory, 'house'), { recursive: true });
  for (const name of ['agents', 'ledger', 'usage', 'services']) writeFileSync(join(directory, 'house', `${name}.json`), '{ "ann": {');
  writeFileSync(join(directory, 'house', 'list.json'), '[]');
  const store = await openFileStore(directory);
  expect(store.warnings.map((warning) => /house.(\w+)\.json cannot be read/u.exec(warning)?.[1]).sort()).toEqual([
    'agents',
    'ledger',
    'list',
    'services',
    'usage',
  ]);
  const runtime = await createRuntime({ store, limits: { tokens: 100 }, crew: { personas: { coder: () => 'done' } } });
  const run = await runtime.start(workflowOf([task('a', { persona: 'coder', needs: { tokens: 5 } })]));
  expect(await run.result()).toMatchObject({ status: 'completed' });
  await runtime.stop();
  await store.close();
  const after = await openFileStore(directory);
  expect([after.warnings.some((warning) => warning.includes('agents')), Object.keys(keptHistory(after))]).toEqual([false, ['coder']]);
  await after.close();
  rmSync(directory, { recursive: true, force: true });
});

test('whatever is in the documents, a house opens and its agents do their work', async () => {
  const names = fc.constantFrom(
    'runtime',
    'coder',
    'record',
    'breaker',
    'failures',
    'state',
    'openedAt',
    'accounts',
    'reserved',
    'raised',
    'ended',
    'uses',
    'limits',
    'spent',
  );
  const odd = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, 0, -1, 'open', 'x', true),
      fc.array(tie('value'), { maxLength: 2 }),
      tie('object'),
    ),
    object: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  }));
  const known = ['agents', 'ledger', 'usage', 'services'];
  await fc.assert(
    fc.asyncProperty(fc.record(Object.fromEntries(known.map((name) => [name, odd.object]))), async (documents) => {
      const store = createMemoryStore();
      for (const [name, document] of Object.entries(documents)) store.keep?.(name, document as JsonObject, 'now');
      const crew = {
        personas: { coder: { id: 'coder', breaker: { failures: 1 }, perform: async () => ({ ok: true, output: 1 }) as const } },
      };
      const runtime = await createRuntime({ store, limits: { memoryMb: 100 }, crew });
      const run = await runtime.start(workflowOf([task('a', { persona: 'coder', needs: { memoryMb: 5, tokens: 1 } })]));
      expect(await run.result()).toMatchObject({ status: 'completed' });
      expect(runtime.agents()[0]?.id).toBe('coder');
      await runtime.stop();
    }),
    { numRuns: 60 },
  );
});
