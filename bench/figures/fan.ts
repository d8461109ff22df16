import path from 'node:path';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Figure } from '../figure.ts';
import { xstateFan } from '../floors/bare-xstate.ts';
import { journalGroups, writeSynced } from '../floors/synced-lines.ts';
import { elapsed, inTurn } from '../in-turn.ts';
import { fanOf, idle } from '../workloads.ts';

const WIDTH = 1_000;

/** 1 → 1,000 → 1, in memory and durable, all of them at once. */
export async function fan(rounds: number, scratch: string): Promise<Figure[]> {
  const workflow = fanOf(WIDTH);
  const options = { crew: { personas: { '*': idle } }, maxConcurrentTasks: WIDTH };
  const store = path.join(scratch, 'fan');
  const first = await createRuntime({ ...options, store });
  await (await first.start(workflow)).result();
  await first.stop();
  const groups = journalGroups(store);
  const memory = await createRuntime(options);
  const durable = await createRuntime({ ...options, store });
  const file = path.join(scratch, 'floor-fan');
  const taken = await inTurn(rounds, {
    floor: () => elapsed(() => xstateFan(WIDTH)),
    ours: () => elapsed(async () => (await memory.start(workflow)).result()),
    durableFloor: () => elapsed(() => writeSynced(file, groups)),
    durable: () => elapsed(async () => (await durable.start(workflow)).result()),
  });
  await memory.stop();
  await durable.stop();
  return [
    {
      name: '1 → 1,000 → 1, memory',
      unit: 'ms',
      ours: taken.ours,
      floor: taken.floor,
      floorIs: 'bare XState: 1,002 promise actors without a parent',
      budget: null,
      bound: 'XState: an actor and three transitions a step; then the garbage of both',
    },
    {
      name: '1 → 1,000 → 1, durable',
      unit: 'ms',
      ours: taken.durable,
      floor: taken.durableFloor,
      floorIs: `writing the same lines again in the same ${groups.length} groups, each synced`,
      budget: { most: 80 },
      bound: 'the processor: the statecharts of 1,002 steps; the disk is waited for a few times only',
    },
  ];
}
