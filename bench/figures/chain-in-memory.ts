import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Figure } from '../figure.ts';
import { xstateChain } from '../floors/bare-xstate.ts';
import { elapsed, inTurn } from '../in-turn.ts';
import { chainOf, idle } from '../workloads.ts';

/** Chains of 100, 1,000 and 10,000 steps without a disk, and how flat the cost of a step is. */
export async function chainInMemory(rounds: number): Promise<Figure[]> {
  const sample = (length: number, times: number) => {
    const workflow = chainOf(length);
    const perStep = (ms: number) => (ms * 1000) / (length * times);
    return {
      floor: async () =>
        perStep(
          await elapsed(async () => {
            for (let i = 0; i < times; i++) await xstateChain(length);
          }),
        ),
      ours: async () => {
        const runtime = await createRuntime({ crew: { personas: { '*': idle } } });
        await (await runtime.start(chainOf(10))).result();
        const ms = await elapsed(async () => {
          for (let i = 0; i < times; i++) await (await runtime.start(workflow)).result();
        });
        await runtime.stop();
        return perStep(ms);
      },
    };
  };
  const [short, middle, long] = [sample(100, 20), sample(1_000, 3), sample(10_000, 1)];
  const taken = await inTurn(rounds, {
    floor100: short.floor,
    ours100: short.ours,
    floor1k: middle.floor,
    ours1k: middle.ours,
    floor10k: long.floor,
    ours10k: long.ours,
  });
  const floorIs = 'bare XState: one promise actor a step, stopped when done';
  const bound = 'XState: an actor and three transitions a step are 70 % of it; then the garbage of both';
  const ratios = taken.ours10k.map((us, i) => us / (taken.ours100[i] ?? Number.NaN));
  const floorRatios = taken.floor10k.map((us, i) => us / (taken.floor100[i] ?? Number.NaN));
  const common = { unit: 'µs/step', floorIs, bound } as const;
  return [
    { ...common, name: 'chain of 100, memory', ours: taken.ours100, floor: taken.floor100, budget: { most: 60 } },
    { ...common, name: 'chain of 1,000, memory', ours: taken.ours1k, floor: taken.floor1k, budget: { most: 60 } },
    { ...common, name: 'chain of 10,000, memory', ours: taken.ours10k, floor: taken.floor10k, budget: { most: 60 } },
    {
      name: 'a step of 10,000 against one of 100',
      unit: 'times',
      ours: ratios,
      floor: floorRatios,
      floorIs: 'the same of bare XState',
      budget: { most: 1.2 },
      bound: 'what a run keeps of each settled step (outputs, records, history), which the garbage collector walks',
    },
  ];
}
