import fs from 'node:fs';
import path from 'node:path';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import type { Figure } from '../figure.ts';
import { withoutHouse } from '../floors/chain-without-house.ts';
import { elapsed, inTurn } from '../in-turn.ts';
import { chainOf, idle } from '../workloads.ts';

const LENGTH = 200;

/** So many short samples for each round: how quick the disk is changes from one second to the next. */
const SAMPLES_A_ROUND = 5;

/** What the house adds to a chain: the same runs on the same kind of store, with it, and with tasks given straight to the function. */
export async function dispatch(rounds: number, scratch: string): Promise<Figure[]> {
  const workflow = chainOf(LENGTH);
  const crew = { personas: { '*': idle } };
  const perStep = async (once: () => Promise<unknown>) => ((await elapsed(once)) * 1000) / LENGTH;
  const [ours, floor] = [path.join(scratch, 'with-house'), path.join(scratch, 'without-house')];
  const durable = await createRuntime({ store: ours, crew });
  const durableStore = await openFileStore(floor);
  const memory = await createRuntime({ crew });
  let count = 0;
  const straight = async () => null;
  const taken = await inTurn(rounds * SAMPLES_A_ROUND, {
    floor: () => perStep(() => withoutHouse(durableStore, `r${count++}`, workflow, straight)),
    ours: () => perStep(async () => (await durable.start(workflow)).result()),
    memoryFloor: () => perStep(() => withoutHouse(createMemoryStore(), 'r', workflow, straight)),
    memory: () => perStep(async () => (await memory.start(workflow)).result()),
  });
  await Promise.all([durable.stop(), memory.stop(), durableStore.close()]);
  for (const store of [ours, floor]) fs.rmSync(store, { recursive: true });
  const common = {
    unit: 'µs/step',
    floorIs: 'the same runs with every task given straight to the function: no crew, no pool, no dispatcher',
    bound: 'the books of the house: who has what in hand, and what is learned of it',
  } as const;
  return [
    { ...common, name: 'dispatch in a chain of 200, durable', ours: taken.ours, floor: taken.floor, budget: { timesFloor: 1.1 } },
    { ...common, name: 'dispatch in a chain of 200, memory', ours: taken.memory, floor: taken.memoryFloor, budget: null },
  ];
}
