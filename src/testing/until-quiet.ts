import type { RunHandle } from '../runtime/run-handle.ts';
import { OutsideWork } from './outside-work.ts';
import type { VirtualTime } from './virtual-time.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Lets everything happen that can, jumping in time, until the run has ended or nothing is left to happen. Time stands still while
 * somebody works `outside` of it (default: nobody does); those who work when nobody has begun, ended or gone to sleep for `stallMs` real
 * milliseconds are not waited for any more.
 */
export async function untilQuiet(handle: RunHandle, time: VirtualTime, stallMs: number, outside = new OutsideWork()): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
    outside.wake();
  };
  handle.result().then(end, end);
  while (true) {
    await turn();
    if (over) return;
    if (outside.isGoingOn()) {
      if (!(await outside.changed(stallMs))) outside.giveUp();
    } else if (!time.advance()) return;
  }
}
