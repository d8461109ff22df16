/**
 * A program that is killed and started again: a chain of steps of 2 ms each, durable. It takes up what is unfinished in the store, or
 * starts the run, and says every step when it begins, with the time. Arguments: the module that gives `createRuntime`, the store, the
 * number of steps.
 */
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { createRuntime as CreateRuntime } from '../src/runtime/runtime.ts';
import { chainOf } from './workloads.ts';

const [door = '', store = '', length = ''] = process.argv.slice(2);
const { createRuntime }: { createRuntime: typeof CreateRuntime } = await import(door);
const runtime = await createRuntime({
  store,
  crew: {
    personas: {
      '*': async ({ task }) => {
        fs.writeSync(1, `${task.step} ${Date.now()}\n`);
        await pause(2);
        return null;
      },
    },
  },
});
const { resumed } = await runtime.resumeAll();
const handle = resumed[0] ?? (await runtime.start(chainOf(Number(length)), { id: 'chain' }));
await handle.result();
await runtime.stop();
