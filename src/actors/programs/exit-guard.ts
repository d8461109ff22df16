/**
 * Process groups are detached, so a host that ends abruptly would leave them running. One listener on the process, there
 * only while children live, kills their groups when the host exits; only a host that is itself killed cannot be helped.
 * Process ids belong to the operating system's process, so this set does too: runtimes share nothing through it.
 */
import { signalGroup } from './process-tree.ts';

const leaders = new Set<number>();

function killAll(): void {
  for (const leader of leaders) signalGroup(leader, 'SIGKILL');
}

/** Has the group of this leader killed if the host exits before `unguard` is called. */
export function guard(leader: number): void {
  if (leaders.size === 0) process.on('exit', killAll);
  leaders.add(leader);
}

/** The group is gone: nothing is to be killed for it any more. */
export function unguard(leader: number): void {
  if (leaders.delete(leader) && leaders.size === 0) process.off('exit', killAll);
}
