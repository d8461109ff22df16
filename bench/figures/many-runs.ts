import path from 'node:path';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Figure } from '../figure.ts';
import { xstateChain } from '../floors/bare-xstate.ts';
import { GroupCommittedFile } from '../floors/group-committed-file.ts';
import { journalGroups } from '../floors/synced-lines.ts';
import { elapsed, inTurn, pool } from '../in-turn.ts';
import { chainOf, idle } from '../workloads.ts';

const RUNS = 2_000;
const STEPS = 5;
const AT_ONCE = 200;

/** 2,000 runs of 5 steps, 200 at once, in memory and durable. */
export async function manyRuns(rounds: number, scratch: string): Promise<Figure[]> {
  const workflow = chainOf(STEPS);
  const options = { crew: { personas: { '*': idle } }, maxConcurrentTasks: AT_ONCE };
  const store = path.join(scratch, 'many');
  const first = await createRuntime({ ...options, store });
  await pool(RUNS, AT_ONCE, async () => (await first.start(workflow)).result());
  await first.stop();
  const lines = journalGroups(store).flatMap((group) => group.toString('utf8').split('\n').slice(0, -1));
  const line = `${'x'.repeat(Math.round(lines.reduce((sum, { length }) => sum + length, 0) / lines.length))}\n`;
  const memory = await createRuntime(options);
  const durable = await createRuntime({ ...options, store });
  const file = new GroupCommittedFile(path.join(scratch, 'floor-many'));
  const rate = async (job: () => Promise<unknown>) => ((RUNS * STEPS) / (await elapsed(() => pool(RUNS, AT_ONCE, job)))) * 1000;
  const taken = await inTurn(rounds, {
    floor: () => rate(() => xstateChain(STEPS)),
    ours: () => rate(async () => (await memory.start(workflow)).result()),
    durableFloor: () =>
      rate(async () => {
        for (let appended = 0; appended <= STEPS; appended++) await file.append(line);
      }),
    durable: () => rate(async () => (await durable.start(workflow)).result()),
  });
  await memory.stop();
  await durable.stop();
  file.close();
  return [
    {
      name: '2,000 runs × 5 steps, memory',
      unit: 'steps/s',
      ours: taken.ours,
      floor: taken.floor,
      floorIs: 'bare XState: chains of five promise actors',
      budget: null,
      bound: 'XState: two more actors for each run, and the garbage of 200 runs in flight',
    },
    {
      name: '2,000 runs × 5 steps, durable',
      unit: 'steps/s',
      ours: taken.durable,
      floor: taken.durableFloor,
      floorIs: `one group-committed file, ${STEPS + 1} lines a run of ${line.length} bytes, our mean`,
      budget: { least: 10_000 },
      bound: 'the processor, as in memory; syncs are shared by up to 200 runs and done meanwhile',
    },
  ];
}
