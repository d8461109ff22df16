/** Such workers as the tests start and end them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Workers {
  /** Of the socket. */
  readonly path: string;
  readonly end: () => Promise<void>;
}

/** Starts a program of the tests with arguments. */
export function program(url: URL, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', fileURLToPath(url), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Resolves when they listen. */
export async function startWorkers(): Promise<Workers> {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-remote-'));
  const path = join(directory, 'workers');
  const child = program(new URL('./worker.ts', import.meta.url), path);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const { stdout } = child;
  if (stdout === null) throw new Error('the workers have no voice');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== 'ready') throw new Error('the workers did not come');
  return {
    path,
    end: async () => {
      child.stdin?.end();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
