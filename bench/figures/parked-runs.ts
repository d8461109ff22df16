import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Figure } from '../figure.ts';
import { xstateWaiting } from '../floors/bare-xstate.ts';
import { pool } from '../in-turn.ts';
import { idle, waitingChainOf } from '../workloads.ts';

const RUNS = 2_000;
const SAMPLES = 5;

/** Bytes. */
interface Usage {
  readonly heap: number;
  readonly resident: number;
}

async function usage(): Promise<Usage> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed + external, resident: process.memoryUsage.rss() };
}

/** Parks some runs, and returns what each of them takes; they are kept until the process ends, so that memory only grows. */
async function grown(park: (index: number) => Promise<unknown>): Promise<Usage> {
  const kept: unknown[] = [];
  const before = await usage();
  await pool(RUNS, 100, async (index) => kept.push(await park(index)));
  const after = await usage();
  held.push(kept);
  return { heap: (after.heap - before.heap) / RUNS, resident: (after.resident - before.resident) / RUNS };
}

const held: unknown[][] = [];

/** 2,000 runs that did one step and wait for a signal: what each of them takes. */
export async function parkedRuns(scratch: string): Promise<Figure[]> {
  const workflow = waitingChainOf(1);
  const crew = { personas: { '*': idle } };
  const samples = { bare: [] as Usage[], memory: [] as Usage[], durable: [] as Usage[] };
  const parkIn = async (store: string | undefined) => {
    const runtime = await createRuntime({ crew, maxConcurrentTasks: 100, ...(store === undefined ? {} : { store }) });
    held.push([runtime]);
    return grown(async () => {
      const handle = await runtime.start(workflow);
      while (!handle.state().steps.some(({ state }) => state === 'awaitingSignal')) await pause(0);
      return handle;
    });
  };
  for (let sample = -1; sample < SAMPLES; sample++) {
    const bare = await grown(xstateWaiting);
    const memory = await parkIn(undefined);
    const durable = await parkIn(path.join(scratch, `parked-${sample}`));
    if (sample < 0) continue;
    samples.bare.push(bare);
    samples.memory.push(memory);
    samples.durable.push(durable);
  }
  const of = (which: keyof typeof samples, what: keyof Usage) => samples[which].map((one) => one[what]);
  const common = { unit: 'bytes/run', floorIs: 'bare XState: an actor that did one step and waits' } as const;
  const heap = { ...common, floor: of('bare', 'heap') };
  return [
    {
      ...heap,
      name: 'a parked run, durable, heap',
      ours: of('durable', 'heap'),
      budget: { most: 1024 },
      bound: 'its actors and its handle: a run that waits stays in memory',
    },
    {
      ...heap,
      name: 'a parked run, memory, heap',
      ours: of('memory', 'heap'),
      budget: null,
      bound: 'the same and its journal',
    },
    {
      ...common,
      name: 'a parked run, durable, resident',
      ours: of('durable', 'resident'),
      floor: of('bare', 'resident'),
      budget: null,
      bound: 'as the heap, and what the collector left unused in its pages',
    },
  ];
}
