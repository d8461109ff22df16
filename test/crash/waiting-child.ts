/**
 * The process that is killed while all of its runs wait: for a time, a signal, a person. Its orders say what it does (`runs.does`): `start`
 * them, `stay` with them, or `finish` what is left. `parked` says that every run is written down as one that waits, and out of memory.
 */
import fs from 'node:fs';
import type { Step } from '../../src/definition/workflow.ts';
import { wallTime } from '../../src/runtime/host-time.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { task, workflowOf } from '../runtime/linear.ts';
import { gate } from '../runtime/waiting.ts';
import type { Endings, Orders } from './crash-child.ts';

/** What a child does with the runs: `runs.does` of its orders. */
export type Doing = 'start' | 'stay' | 'finish';

const HOUR = 3_600_000;
const base = { dependencies: ['first'], type: 'waits' };
const then = (id: string): Step[] => [task('then', { dependencies: [id] })];
const waits: Readonly<Record<string, readonly Step[]>> = {
  nap: [{ ...base, kind: 'sleep', id: 'nap', name: 'nap', for: HOUR }, ...then('nap')],
  gate: [gate('go', base), ...then('go')],
  overdue: [gate('go', { ...base, timeout: HOUR }), ...then('go')],
  leave: [{ ...base, kind: 'approval', id: 'leave', name: 'leave', params: {} }, ...then('leave')],
  early: [
    { ...base, kind: 'sleep', id: 'nap', name: 'nap', for: HOUR },
    gate('one', { dependencies: ['nap'], signal: 'go' }),
    gate('two', { dependencies: ['one'], signal: 'go' }),
  ],
};

const orders: Orders = JSON.parse(process.argv[2] ?? '{}');
const does = orders.runs.does as Doing;
const log = fs.openSync(orders.log, 'a');
const say = (text: string) => fs.writeSync(1, `${text}\n`);

say('opening');
const store = await openFileStore(orders.store);
const runtime = await createRuntime({
  store,
  passivateAfterMs: 0,
  time: wallTime(() => Date.now() + orders.aheadMs),
  crew: {
    personas: {
      '*': ({ task: { key } }) => {
        fs.writeSync(log, `begin ${key}\n`);
        return 'done';
      },
    },
  },
});
say('opened');

async function parked(handles: readonly RunHandle[]): Promise<void> {
  for (const { id } of handles) {
    while ((await store.getSummary(id))?.waiting === undefined) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  say('parked');
}

const { resumed, failed } = await runtime.resumeAll();
if (failed.length > 0) throw failed[0]?.error;
say('resumed');
const has = new Set(await store.runs());
const begun: RunHandle[] = [...resumed];
if (does === 'start') {
  for (const [id, steps] of Object.entries(waits)) {
    if (has.has(id)) continue;
    const handle = await runtime.start(workflowOf([task('first'), ...steps]), { id });
    begun.push(handle);
    say(`started ${id}`);
  }
}
const early = runtime.run('early');
if (does === 'start' && early !== null) for (const word of ['a', 'b']) await early.signal('go', word);
if (does !== 'finish') {
  await parked(begun);
  // Stays until it is killed.
  setInterval(() => {}, HOUR);
} else {
  await runtime.run('gate')?.signal('go', 'yes');
  await runtime.run('leave')?.answer('leave', { by: 'ann' });
  const endings: Record<string, Endings[string]> = {};
  for (const handle of begun) {
    const { status, outputs } = await handle.result();
    endings[handle.id] = { status, outputs, steps: null };
  }
  say(`done ${JSON.stringify(endings)}`);
  await runtime.stop();
  await store.close();
}
