import type { RunHandle } from '../runtime/run-handle.ts';
import type { VirtualTime } from './virtual-time.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Lets everything happen that can, jumping in time, until the run has ended or nothing is left to happen. An agent that does something
 * outside of virtual time is waited for up to `stallMs` real milliseconds once nothing else is due.
 */
export async function untilQuiet(handle: RunHandle, time: VirtualTime, stallMs: number): Promise<void> {
  let over = false;
  handle.result().then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  let stalledSince: number | null = null;
  while (true) {
    await turn();
    if (over) return;
    if (time.advance()) {
      stalledSince = null;
      continue;
    }
    const working = handle.state().steps.some((step) => step.state === 'attempting');
    stalledSince ??= performance.now();
    if (!working || performance.now() - stalledSince > stallMs) return;
  }
}
