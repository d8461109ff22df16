import { describe, expect, test } from 'vitest';
import { runList } from '../../src/cli/rendering/run-list.ts';
import { dateTime } from '../../src/cli/text/time-text.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { listRuns } from '../../src/runtime/list-runs.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { workflowOf } from '../runtime/linear.ts';
import { gate, watched } from '../runtime/waiting.ts';

const plain = (text: string) => text;
const paint = new Proxy({}, { get: () => plain }) as Parameters<typeof runList>[1]['paint'];
const HOUR = 3_600_000;
const nap: Workflow['steps'][number] = { kind: 'sleep', id: 'nap', name: 'nap', type: 'sleep', dependencies: [], for: HOUR };

/** What the listing says of a run that was dropped from memory, and how often its journal was read for that. */
async function said(steps: Workflow['steps'], live: boolean) {
  const inner = createMemoryStore();
  const time = new VirtualTime(0);
  const runtime = await createRuntime({ store: inner, time, passivateAfterMs: 10 });
  await runtime.start(workflowOf(steps), { id: 'r' });
  time.advance();
  const { store, woken, read } = watched(inner);
  const lines = runList(await listRuns(store, 20), { width: 200, now: 20, paint, live: new Set(live ? ['r'] : []) });
  expect([woken, read]).toEqual([[], []]);
  return lines[1];
}

describe('the listing of a run that waits', () => {
  test('says what for and until when, without reading its journal', async () => {
    expect(await said([gate('go', { timeout: HOUR })], false)).toMatch(/waiting .*"go".*; due /u);
    expect(await said([gate('go')], false)).not.toContain('due');
    expect(await said([nap], true)).toMatch(/waiting .*nap sleeps until 1970-01-01T01:00:00.000Z/u);
  });

  test('says of one that nobody runs when it would be due', async () => {
    expect(await said([nap], false)).toMatch(new RegExp(`unfinished .*due ${dateTime(HOUR)}`, 'u'));
  });
});
