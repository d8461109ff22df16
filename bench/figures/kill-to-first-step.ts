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

/** Kills a process in the middle of its chain and starts it again, over and over, through one door to the library. */
class Restart {
  readonly #door: string;
  readonly #scratch: string;
  #stores = 0;
  /** The journal of the last run. */
  journal = '';
  /** The most steps that ran again after a kill. */
  ranAgain = 0;

  constructor(door: string, scratch: string) {
    this.#door = door;
    this.#scratch = scratch;
  }

  /** Once: milliseconds from the start of the new process to its first step. */
  readonly sample = async (): Promise<number> => {
    const store = path.join(this.#scratch, `killed-${++this.#stores}`);
    const args = [this.#door, store, String(STEPS)];
    const before = await run('doomed-chain.mjs', args, STEPS / 2);
    const after = await run('doomed-chain.mjs', args);
    const done = new Set(before.lines.map(([step]) => step));
    const again = after.lines.filter(([step]) => done.has(step)).length;
    if (new Set([...done, ...after.lines.map(([step]) => step)]).size !== STEPS) throw new Error('a step was lost');
    this.ranAgain = Math.max(this.ranAgain, again);
    this.journal = path.join(store, 'journal', '00000001.jsonl');
    return untilFirst(after);
  };
}

/** From the start of the process after `kill -9` to the first step at work, for a chain of 200 steps killed in its middle. */
export async function killToFirstStep(rounds: number, scratch: string, root: string): Promise<Figure[]> {
  const bundled = new Restart(path.join(import.meta.dirname, 'runtime.mjs'), path.join(scratch, 'bundled'));
  const packaged = new Restart(path.join(root, 'dist', 'index.js'), path.join(scratch, 'packaged'));
  const isBuilt = fs.existsSync(path.join(root, 'dist', 'index.js'));
  if (!isBuilt) console.error('dist/index.js is not there: a restart through the package is not measured (npm run build makes it)');
  await bundled.sample();
  const taken = await inTurn(rounds, {
    floor: async () => untilFirst(await run('read-a-file.mjs', [bundled.journal])),
    bundled: bundled.sample,
    packaged: isBuilt ? packaged.sample : () => Number.NaN,
  });
  const common = {
    unit: 'ms',
    floor: taken.floor,
    floorIs: 'a node process that starts and reads the same journal',
    budget: { most: 150 },
  } as const;
  const again = (restart: Restart) => `at most ${restart.ranAgain} step ran again`;
  const figures: Figure[] = [
    {
      ...common,
      name: 'kill -9 to the first step, bundled',
      ours: taken.bundled,
      bound: `the start of node, then loading our code and running it for the first time; ${again(bundled)}`,
    },
  ];
  if (!isBuilt) return figures;
  const bound = `loading the package: its modules and those of zod and yaml, one by one; ${again(packaged)}`;
  return [...figures, { ...common, name: 'kill -9 to the first step, as a package', ours: taken.packaged, bound }];
}
