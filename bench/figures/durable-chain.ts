import fs from 'node:fs';
import path from 'node:path';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Figure } from '../figure.ts';
import { appendSynced, journalGroups, writeSynced } from '../floors/synced-lines.ts';
import { elapsed, inTurn } from '../in-turn.ts';
import { chainOf, idle } from '../workloads.ts';

/** Chains of 100 and 1,000 steps, every step on the disk before the next begins. */
export async function durableChain(rounds: number, scratch: string): Promise<Figure[]> {
  const sample = async (length: number, times: number) => {
    const workflow = chainOf(length);
    const store = path.join(scratch, `chain-${length}`);
    const crew = { personas: { '*': idle } };
    const first = await createRuntime({ store, crew });
    await (await first.start(workflow)).result();
    await first.stop();
    const groups = journalGroups(store);
    const runtime = await createRuntime({ store, crew });
    const repeated = async (once: () => unknown) =>
      ((await elapsed(async () => {
        for (let i = 0; i < times; i++) await once();
      })) *
        1000) /
      (length * times);
    const file = path.join(scratch, `floor-${length}`);
    return {
      floor: () => repeated(() => writeSynced(file, groups)),
      unblocked: () => repeated(() => appendSynced(file, groups)),
      ours: () => repeated(async () => (await runtime.start(workflow)).result()),
      close: async () => {
        await runtime.stop();
        fs.rmSync(store, { recursive: true });
      },
    };
  };
  const short = await sample(100, 3);
  const long = await sample(1_000, 1);
  const taken = await inTurn(rounds, {
    floor100: short.floor,
    ours100: short.ours,
    floor1k: long.floor,
    ours1k: long.ours,
    unblocked1k: long.unblocked,
  });
  await short.close();
  await long.close();
  const common = { unit: 'µs/step', budget: { timesFloor: 1.5 } } as const;
  const floorIs = 'writeSync + fdatasyncSync of the same lines, one by one, and nothing else';
  const bound = 'the disk: one sync a step; then waking from it, after which the same code takes twice as long as in memory';
  return [
    { ...common, name: 'chain of 100, durable', ours: taken.ours100, floor: taken.floor100, floorIs, bound },
    { ...common, name: 'chain of 1,000, durable', ours: taken.ours1k, floor: taken.floor1k, floorIs, bound },
    {
      ...common,
      name: '… against a floor that does not block',
      ours: taken.ours1k,
      floor: taken.unblocked1k,
      floorIs: 'write and datasync of the same lines through the thread pool, each awaited',
      bound,
    },
  ];
}
