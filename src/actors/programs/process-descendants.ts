/**
 * Everybody whom a process has started and who has not lost sight of it: also those that have left its group and wear no mark. Linux tells of
 * children for as long as their parent lives; elsewhere nobody is found.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** When processes began, in ticks since the start of the system, by their ids: so that another process of the same id is not taken for one. */
export type Descendants = ReadonlyMap<number, string>;

/** The children of a process, their children, and so on. Costs a few files for each of them. */
export function descendantsOf(leader: number): Descendants {
  const found = new Map<number, string>();
  if (platform() !== 'linux') return found;
  const open = [leader];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const child of childrenOf(parent)) {
      const began = beganAt(child);
      if (began === null || found.has(child)) continue;
      found.set(child, began);
      open.push(child);
    }
  }
  return found;
}

/** Those that are still there, and whoever they have started since. */
export function stillThere(descendants: Descendants): number[] {
  return [...descendants].flatMap(([pid, began]) => (beganAt(pid) === began ? [pid, ...descendantsOf(pid).keys()] : []));
}

function childrenOf(parent: number): number[] {
  try {
    const threads = readdirSync(`/proc/${parent}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${parent}/task/${thread}/children`, 'latin1'));
    return lists.flatMap((list) => list.split(' ')).flatMap((text) => (text === '' ? [] : [Number(text)]));
  } catch {
    return []; // it is gone, or the system does not tell
  }
}

/** null: it is gone, and at most waits to be collected. The twenty-second field; the second one, the name, may hold anything. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return 'ZX'.includes(fields[0] ?? 'X') ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
