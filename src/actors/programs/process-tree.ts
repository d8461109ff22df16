/**
 * Ending a process and everything it started. Three nets: the process group, which children stay in unless they leave it on
 * purpose; on Linux a mark in the environment, which children inherit even when they leave the group; and those who were its descendants
 * when it was told to end. Whoever leaves the group, sheds the environment, and outlives a parent that ends by itself, goes through all of them.
 */
import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Descendants, stillThere } from './process-descendants.ts';

/** Rounds of looking for survivors: each finds what was forked while the one before was looking. */
const MAX_ROUNDS = 20;

/** Pause between rounds, ms: killed processes need a moment to be gone. */
const ROUND_PAUSE_MS = 5;

/**
 * Sends a signal to a whole process group. Finding nobody is no error: that is what it is for. The leader may be gone already: its
 * id is not given to another process while a member of the group lives, and with no member left there is nobody to hear.
 */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    // without groups (Windows) only the leader can be reached
    process.kill(platform() === 'win32' ? leader : -leader, signal);
  } catch {
    // ESRCH: already gone. EPERM: only processes of other users are left, which are not ours to end
  }
}

/**
 * Kills every process whose environment holds the mark, and everybody who was known before as a descendant, until none is found. Other
 * platforms than Linux do not show environments: there the group is all that is ended. Costs about a millisecond per hundred processes.
 * Never rejects.
 */
export async function sweepSurvivors(mark: string, known: Descendants): Promise<void> {
  if (platform() !== 'linux') return;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = [...(await markedProcesses(mark)), ...stillThere(known)];
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await delay(ROUND_PAUSE_MS);
  }
}

/** Process ids whose environment holds the mark; a zombie has none any more. */
async function markedProcesses(mark: string): Promise<number[]> {
  const needle = Buffer.from(mark);
  const names = await readdir('/proc').catch(() => []);
  const marked = names.map(async (name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return null;
    const environment = await readFile(`/proc/${pid}/environ`).catch(() => null);
    return environment?.includes(needle) === true ? pid : null;
  });
  return (await Promise.all(marked)).filter((pid) => pid !== null);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone in the meantime
  }
}
