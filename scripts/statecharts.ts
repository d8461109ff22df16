/** Writes `docs/statecharts.md` from the machines in `src/machines`; with `--check`, only says whether it is fresh. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { statechartsDocument } from './statecharts/document.ts';
import { findMachines } from './statecharts/machine-files.ts';

const file = new URL('../docs/statecharts.md', import.meta.url);
const machines = await findMachines();
const wanted = statechartsDocument(machines);
const present = existsSync(file) ? readFileSync(file, 'utf8') : '';

if (process.argv.includes('--check')) {
  if (present !== wanted) {
    console.error('docs/statecharts.md is stale: run `npm run docs:statecharts`');
    process.exitCode = 1;
  }
} else {
  mkdirSync(new URL('.', file), { recursive: true });
  if (present !== wanted) writeFileSync(file, wanted);
  console.log(`docs/statecharts.md: ${machines.length} machines${present === wanted ? ', unchanged' : ''}`);
}
