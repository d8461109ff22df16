/** Measures one group of figures and says them as JSON. Runs compiled, in a process of its own. Arguments: group, rounds, scratch, root. */
import { chainInMemory } from './figures/chain-in-memory.ts';
import { command } from './figures/command.ts';
import { dispatch } from './figures/dispatch.ts';
import { durableChain } from './figures/durable-chain.ts';
import { fan } from './figures/fan.ts';
import { killToFirstStep } from './figures/kill-to-first-step.ts';
import { manyRuns } from './figures/many-runs.ts';
import { matching } from './figures/matching.ts';
import { parkedRuns } from './figures/parked-runs.ts';
import { resume } from './figures/resume.ts';
import { waiting } from './figures/waiting.ts';
import { GROUPS, type Group } from './groups.ts';

const [group = '', rounds = '5', scratch = '', root = ''] = process.argv.slice(2);

const measures = {
  'chain-in-memory': () => chainInMemory(Number(rounds)),
  'durable-chain': () => durableChain(Number(rounds), scratch),
  fan: () => fan(Number(rounds), scratch),
  'many-runs': () => manyRuns(Number(rounds), scratch),
  'kill-to-first-step': () => killToFirstStep(Number(rounds), scratch, root),
  resume: () => resume(Number(rounds), scratch),
  'parked-runs': () => parkedRuns(scratch),
  command: () => command(Number(rounds), scratch, root),
  matching: () => matching(Number(rounds)),
  dispatch: () => dispatch(Number(rounds), scratch),
  waiting: () => waiting(Number(rounds)),
} satisfies Record<Group, () => Promise<unknown>>;

const known = GROUPS.find((name) => name === group);
if (known === undefined) throw new Error(`no group ${group}`);
process.stdout.write(`${JSON.stringify(await measures[known]())}\n`, () => process.exit(0));
