/** Lives of the child process: begun, and ended by `kill -9` at a chosen moment or by itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { Endings, Orders } from './crash-child.ts';

/** When a life ends: `isTime` is asked after everything the child says; then the parent spins that long and kills. */
export interface Doom {
  readonly isTime: (said: readonly string[]) => boolean;
  readonly spinMs: number;
}

export interface Life {
  /** False when the child got to its end before the kill. */
  readonly killed: boolean;
  readonly said: readonly string[];
  readonly endings: Endings | null;
}

/** Bundles the child into one file, which starts several times faster than its sources. Returns the file. */
export async function bundleChild(directory: string, name = 'crash-child'): Promise<string> {
  const outfile = path.join(directory, `${name}.mjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

export function scratchDirectory(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'troupe-crash-'));
}

/** One life. Rejects when the child ends by itself with an error: a store that cannot be opened, a run that cannot be taken up. */
export function live(program: string, orders: Orders, doom: Doom | null): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, JSON.stringify(orders)], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    let complaint = '';
    let doomed = false;
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    follow(child, (line) => {
      said.push(line);
      if (doom === null || doomed || !doom.isTime(said)) return;
      doomed = true;
      spin(doom.spinMs);
      child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const end = said.find((line) => line.startsWith('done '));
      const endings = end === undefined ? null : (JSON.parse(end.slice(5)) as Endings);
      if (signal === 'SIGKILL' || code === 0) resolve({ killed: signal === 'SIGKILL', said, endings });
      else reject(new Error(`the child ended with ${code ?? signal}: ${complaint}`));
    });
  });
}

function follow(child: ChildProcess, hear: (line: string) => void): void {
  let rest = '';
  child.stdout?.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
}

/** Lets a moment pass without giving the processor away, so that kills fall between the lines too. */
function spin(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}
