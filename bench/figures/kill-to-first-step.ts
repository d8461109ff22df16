import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Figure } from '../figure.ts';
import { inTurn } from '../in-turn.ts';

const STEPS = 200;

interface Spoken {
  readonly spawnedAt: number;
  /** What it said: a word and the time, a line each. */
  readonly lines: readonly (readonly [word: string, at: number])[];
}

/** Runs a program of this folder's bundles to its end, or kills it once it has said so many lines. */
function run(program: string, args: readonly string[], killAfter = Number.POSITIVE_INFINITY): Promise<Spoken> {
  return new Promise((resolve, reject) => {
    const spawnedAt = Date.now();
    const file = path.join(import.meta.dirname, program);
    const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.split('\n').length > killAfter) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') return reject(new Error(`${program} ended with ${code ?? signal}`));
      const lines = text.split('\n').slice(0, -1);
      resolve({ spawnedAt, lines: lines.map((line) => line.split(' ')).map(([word = '', at]) => [word, Number(at)] as const) });
    });
  });
}

const untilFirst = ({ spawnedAt, lines }: Spoken) => (lines[0]?.[1] ?? Number.NaN) - spawnedAt;

/** From the start of the process after `kill -9` to the first step at work, for a chain of 200 steps killed in its middle. */
export async function killToFirstStep(rounds: number, scratch: string): Promise<Figure[]> {
  let stores = 0;
  let most = 0;
  let journal = '';
  const recover = async () => {
    const store = path.join(scratch, `killed-${++stores}`);
    const before = await run('doomed-chain.mjs', [store, String(STEPS)], STEPS / 2);
    journal = path.join(store, 'journal', '00000001.jsonl');
    const after = await run('doomed-chain.mjs', [store, String(STEPS)]);
    const done = new Set(before.lines.map(([step]) => step));
    const again = after.lines.filter(([step]) => done.has(step)).length;
    if (new Set([...done, ...after.lines.map(([step]) => step)]).size !== STEPS) throw new Error('a step was lost');
    most = Math.max(most, again);
    return untilFirst(after);
  };
  await recover();
  const taken = await inTurn(rounds, { floor: async () => untilFirst(await run('read-a-file.mjs', [journal])), ours: recover });
  for (let store = 1; store <= stores; store++) fs.rmSync(path.join(scratch, `killed-${store}`), { recursive: true });
  return [
    {
      name: 'kill -9 to the first step, 200 steps',
      unit: 'ms',
      ours: taken.ours,
      floor: taken.floor,
      floorIs: 'a node process that starts and reads the same journal',
      budget: { most: 150 },
      bound: `the start of node and the loading of our code; the fold takes a few ms. At most ${most} step ran again`,
    },
  ];
}
