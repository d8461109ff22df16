/**
 * A hold on a path that ends with the process, however it ends, without native modules.
 *
 * The hold is a listening unix socket at that path. The kernel closes it when the process dies, kill -9 included, and
 * from then on a connection is refused; no clock, lease or process number is involved. A process number alone could
 * mean another process by now, and two containers that share a directory do not see each other's numbers, while a
 * socket file is reachable from both. A stopped (SIGSTOP) holder still accepts: the kernel's backlog answers for it.
 *
 * Where a directory cannot carry sockets (some shared folders of virtual machines), the hold is a plain file naming
 * the process, its start time and the machine's start, which is as good as it gets there. Windows uses a named pipe.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Hold } from './file-system-port.ts';

/** Socket paths are limited to 108 bytes on Linux and 104 elsewhere, the closing NUL included. */
const LONGEST_SOCKET_PATH = 103;

/** Names the machine's current start, or null outside Linux. */
export function bootId(): string | null {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** Holds a path until released or until this process ends. */
export async function holdPath(held: string): Promise<Hold> {
  try {
    return await holdBySocket(held);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw error;
    fs.writeFileSync(held, JSON.stringify(thisProcess()), { flag: 'wx' });
    return { release: () => fs.rmSync(held, { force: true }) };
  }
}

/** True while a process holds the path. What cannot be decided (no right to ask) counts as held. */
export async function isPathHeld(held: string): Promise<boolean> {
  if (process.platform !== 'win32') {
    const stat = fs.statSync(held, { throwIfNoEntry: false });
    if (stat === undefined) return false;
    if (stat.isFile()) return isAlive(fs.readFileSync(held, 'utf8'));
  }
  return withSocketPath(
    held,
    (address) =>
      new Promise((resolve) => {
        const connection = net.connect(address);
        connection.once('connect', () => {
          connection.destroy();
          resolve(true);
        });
        connection.once('error', (error) => resolve(!('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT'))));
      }),
  );
}

async function holdBySocket(held: string): Promise<Hold> {
  const server = net.createServer((connection) => connection.on('error', () => {}).destroy());
  server.unref();
  await withSocketPath(
    held,
    (address) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(address, () => {
          server.off('error', reject);
          server.on('error', () => {});
          resolve();
        });
      }),
  );
  return {
    release: () => {
      server.close();
      // Closing removes the name that was bound, which may have been a shorthand for a long path.
      if (process.platform !== 'win32') fs.rmSync(held, { force: true });
    },
  };
}

/** Calls with an address for the socket that is short enough: Linux reaches a long path through an open directory. */
async function withSocketPath<T>(held: string, use: (address: string) => Promise<T>): Promise<T> {
  if (process.platform === 'win32') {
    return use(`\\\\.\\pipe\\troupe-${createHash('sha256').update(path.resolve(held)).digest('hex').slice(0, 32)}`);
  }
  if (Buffer.byteLength(held) <= LONGEST_SOCKET_PATH) return use(held);
  // Elsewhere the system would bind a silently shortened name, which nobody would find.
  if (process.platform !== 'linux') throw new Error('the path is too long for a socket');
  const directory = fs.openSync(path.dirname(held), 'r');
  try {
    return await use(`/proc/self/fd/${directory}/${path.basename(held)}`);
  } finally {
    fs.closeSync(directory);
  }
}

function thisProcess() {
  return { pid: process.pid, started: startTime(process.pid), boot: bootId() };
}

function isAlive(text: string): boolean {
  let holder: Partial<ReturnType<typeof thisProcess>>;
  try {
    holder = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof holder.pid !== 'number' || holder.boot !== bootId()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return startTime(holder.pid) === holder.started;
}

/** Clock ticks since the machine's start at which a process started (field 22 of its stat), or null outside Linux. */
function startTime(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
