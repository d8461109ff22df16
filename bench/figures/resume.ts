import fs from 'node:fs';
import path from 'node:path';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Figure } from '../figure.ts';
import { elapsed, inTurn } from '../in-turn.ts';
import { idle, waitingChainOf } from '../workloads.ts';

const STEPS = 1_000;

/** Taking up a run of 1,000 completed steps: from opening its store to the handle. */
export async function resume(rounds: number, scratch: string): Promise<Figure[]> {
  const store = path.join(scratch, 'resume');
  const crew = { personas: { '*': idle } };
  const first = await createRuntime({ store, crew });
  const handle = await first.start(waitingChainOf(STEPS), { id: 'long' });
  for await (const event of handle.events()) if (event.type === 'step.settled' && event.step === `s${STEPS - 1}`) break;
  await first.stop({ graceMs: 0 });
  const journal = path.join(store, 'journal', '00000001.jsonl');
  const taken = await inTurn(rounds, {
    floor: () =>
      elapsed(() => {
        for (const line of fs.readFileSync(journal, 'utf8').split('\n')) if (line.startsWith('{')) JSON.parse(line);
      }),
    ours: async () => {
      const start = performance.now();
      const runtime = await createRuntime({ store, crew });
      await runtime.resume('long');
      const ms = performance.now() - start;
      await runtime.stop({ graceMs: 0 });
      return ms;
    },
  });
  return [
    {
      name: 'resume of a 1,000-step run',
      unit: 'ms',
      ours: taken.ours,
      floor: taken.floor,
      floorIs: 'reading the same journal and parsing its lines',
      budget: { most: 300 },
      bound: 'the fold: the statecharts of 1,000 steps, as when the run ran',
    },
  ];
}
