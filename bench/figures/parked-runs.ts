import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { type Figure, median } from '../figure.ts';
import { xstateWaiting } from '../floors/bare-xstate.ts';
import { pool } from '../in-turn.ts';
import { idle, waitingChainOf } from '../workloads.ts';

const RUNS = 10_000;
const SAMPLES = 3;
/** So many of them are answered, one after the other. */
const ANSWERS = 50;

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
async function grown(park: (index: number) => Promise<unknown>, parked: () => Promise<void> = async () => {}): Promise<Usage> {
  const kept: unknown[] = [];
  const before = await usage();
  await pool(RUNS, 100, async (index) => kept.push(await park(index)));
  await parked();
  const after = await usage();
  held.push(kept);
  return { heap: (after.heap - before.heap) / RUNS, resident: (after.resident - before.resident) / RUNS };
}

const held: unknown[][] = [];

/** Runs that did one step, wait for a signal, and were dropped from memory: what each of them takes, and how fast it answers. */
export async function parkedRuns(scratch: string): Promise<Figure[]> {
  const workflow = waitingChainOf(1);
  const crew = { personas: { '*': idle } };
  const samples = { bare: [] as Usage[], memory: [] as Usage[], durable: [] as Usage[], answers: [] as number[] };
  const parkIn = async (store: string | undefined) => {
    const runtime = await createRuntime({ crew, maxConcurrentTasks: 100, passivateAfterMs: 50, ...(store === undefined ? {} : { store }) });
    held.push([runtime]);
    const handles: RunHandle[] = [];
    const used = await grown(
      async (index) => {
        const handle = await runtime.start(workflow, { id: `run-${index}` });
        handles.push(handle);
        return handle;
      },
      () => (store === undefined ? pause(3_000) : written(path.join(store, 'runs'))),
    );
    return { used, answer: await answers(handles) };
  };
  for (let sample = -1; sample < SAMPLES; sample++) {
    const bare = await grown(xstateWaiting);
    const memory = await parkIn(undefined);
    const durable = await parkIn(path.join(scratch, `parked-${sample}`));
    if (sample < 0) continue;
    samples.bare.push(bare);
    samples.memory.push(memory.used);
    samples.durable.push(durable.used);
    samples.answers.push(durable.answer);
  }
  const of = (which: 'bare' | 'memory' | 'durable', what: keyof Usage) => samples[which].map((one) => one[what]);
  const common = { unit: 'bytes/run', floorIs: 'bare XState: an actor that did one step and waits' } as const;
  const heap = { ...common, floor: of('bare', 'heap') };
  return [
    {
      ...heap,
      name: 'a parked run, durable, heap',
      ours: of('durable', 'heap'),
      budget: { most: 1024 },
      bound: 'its handle, who listens, and its place in the index of the journal',
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
    {
      name: 'a parked run, from signal to result',
      unit: 'ms',
      ours: samples.answers,
      floor: null,
      floorIs: 'nothing rawer to compare with',
      budget: { most: 5 },
      bound: 'reading and folding its journal, and the sync of the answer',
    },
  ];
}

/** Resolves when how every run stands has been written down, which is when it is dropped from memory. */
async function written(directory: string): Promise<void> {
  while (fs.readdirSync(directory).length < RUNS) await pause(100);
}

/** The median time in which runs answer, one after the other, ms. */
async function answers(handles: readonly RunHandle[]): Promise<number> {
  const taken: number[] = [];
  for (const handle of handles.slice(0, ANSWERS)) {
    const start = performance.now();
    await handle.signal('go');
    await handle.result();
    taken.push(performance.now() - start);
  }
  return median(taken);
}
