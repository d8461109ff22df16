/**
 * Measures Troupe against its speed budgets and prints a table; the samples are kept in `bench/results/` as JSON.
 *
 *     npm run bench                       everything
 *     npm run bench -- fan resume         only these groups (groups.ts)
 *     npm run bench -- --rounds 9         more samples than 5
 *
 * What is measured is compiled first and runs in plain Node, a process for each group. Every figure stands beside the raw floor of the
 * same process, taken in turn with ours: on a busy machine only their ratio means something. Durable figures use the disk on which
 * `bench/results` is.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { Figure } from './figure.ts';
import { GROUPS } from './groups.ts';
import { report } from './report.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const results = path.join(root, 'bench', 'results');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' } } });
const unknown = positionals.filter((name) => !GROUPS.some((group) => group === name));
if (unknown.length > 0) throw new Error(`no group ${unknown.join(', ')}; there are ${GROUPS.join(', ')}`);
const groups = GROUPS.filter((group) => positionals.length === 0 || positionals.includes(group));

fs.mkdirSync(results, { recursive: true });
const scratch = fs.mkdtempSync(path.join(results, 'scratch-'));

async function compile(): Promise<void> {
  await build({
    absWorkingDir: path.join(root, 'bench'),
    entryPoints: {
      measure: 'measure.ts',
      runtime: '../src/runtime/runtime.ts',
      'doomed-chain': 'doomed-chain.ts',
      'read-a-file': 'read-a-file.ts',
    },
    outdir: scratch,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
}

function measure(group: string): Promise<Figure[]> {
  return new Promise((resolve, reject) => {
    const args = ['--expose-gc', path.join(scratch, 'measure.mjs'), group, values.rounds, scratch, root];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(said) as Figure[]);
      else reject(new Error(`measuring ${group} ended with ${code ?? signal}`));
    });
  });
}

try {
  await compile();
  const figures: Figure[] = [];
  for (const group of groups) {
    process.stderr.write(`measuring ${group}\n`);
    try {
      figures.push(...(await measure(group)));
    } catch (error) {
      process.exitCode = 1;
      console.error(error instanceof Error ? error.message : error);
    }
  }
  const [cpu] = os.cpus();
  console.log(`\n${os.cpus().length} × ${cpu?.model ?? 'processor'}, load ${os.loadavg()[0]?.toFixed(1)}, node ${process.version}`);
  console.log(`median [least..most] of ${values.rounds} samples, ours and the floor in turn\n`);
  console.log(report(figures));
  const file = path.join(results, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  fs.writeFileSync(file, `${JSON.stringify({ node: process.version, cpus: os.cpus().length, load: os.loadavg(), figures }, null, 2)}\n`);
  console.log(`\nsamples: ${path.relative(root, file)}`);
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
