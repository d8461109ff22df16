/** Such workers, and their hosts, as the tests start and end them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Workers {
  /** Of the socket. */
  readonly path: string;
  readonly end: () => Promise<void>;
}

const PROGRAMS = { worker: new URL('./worker.ts', import.meta.url), host: new URL('./host.ts', import.meta.url) };

/** Bundles a program of this folder into one file, which starts several times faster than its sources. Returns what starts it. */
export async function bundled(name: keyof typeof PROGRAMS, directory: string): Promise<(...args: string[]) => ChildProcess> {
  const outfile = join(directory, `${name}.mjs`);
  const entryPoints = [fileURLToPath(PROGRAMS[name])];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'error' });
  return (...args) => spawn(process.execPath, [outfile, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Resolves when they listen. */
export async function startWorkers(): Promise<Workers> {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-remote-'));
  const path = join(directory, 'workers');
  const child = (await bundled('worker', directory))(path);
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
