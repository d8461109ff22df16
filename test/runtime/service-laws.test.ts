// Whole runs over a service that is down now and then: nobody calls it while it is spared, one at a time tries it out, and every run ends.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Agent, createRuntime, type RunHandle, type Runtime } from '../../src/index.ts';
import type { JournalStore } from '../../src/protocol/journal.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { task, workflowOf } from './linear.ts';

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

const RETRY = { retries: 2, delayMs: 5, factor: 1, maxDelayMs: 5, jitter: 0, on: 'failure' as const };

const plays = fc.record({
  terms: fc.record({
    failures: fc.integer({ min: 1, max: 2 }),
    coolMs: fc.constantFrom(20, 60),
    successes: fc.integer({ min: 1, max: 2 }),
  }),
  agents: fc.array(fc.record({ ms: fc.integer({ min: 1, max: 9 }), calls: fc.integer({ min: 1, max: 2 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  /** By run, whether each of its steps says that it requires the service. */
  runs: fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
  /** It is down within these moments. */
  down: fc.array(fc.tuple(fc.nat({ max: 150 }), fc.integer({ min: 5, max: 60 })), { minLength: 1, maxLength: 3 }),
  cancels: fc.array(fc.record({ run: fc.nat({ max: 2 }), turn: fc.nat({ max: 12 }) }), { maxLength: 2 }),
  kills: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 2 }),
});
type Play = typeof plays extends fc.Arbitrary<infer P> ? P : never;

/** One process after the other over the same store. */
class Lives {
  readonly #play: Play;
  readonly #store: JournalStore = createMemoryStore();
  /** What an agent throws becomes data: here it is kept for the test to see. */
  readonly wrong: string[] = [];
  trials = 0;
  #now = 0;

  constructor(play: Play) {
    this.#play = play;
  }

  async lead(): Promise<void> {
    const deaths = [...[...this.#play.kills].sort((a, b) => a - b), null];
    for (const [life, death] of deaths.entries()) {
      const time = new VirtualTime(this.#now);
      const runtime: Runtime = await createRuntime({
        store: this.#store,
        time,
        services: { github: this.#play.terms },
        crew: { personas: { p: this.#play.agents.map((each, place) => this.#agent(`a${place}`, each, time, () => runtime)) } },
      });
      const handles = life === 0 ? await this.#begun(runtime) : (await runtime.resumeAll()).resumed;
      await this.#live(time, death, handles);
      this.#now = time.now();
      // Whoever is killed is left as it is: its time stands still, and nothing of it is heard again.
      if (death !== null) continue;
      for (const { id } of handles) expect((await runtime.view(id)).status).not.toBe('running');
      await runtime.stop();
    }
  }

  #begun(runtime: Runtime): Promise<readonly RunHandle[]> {
    return Promise.all(
      this.#play.runs.map((steps, run) =>
        runtime.start(
          workflowOf(
            steps.map((requires, n) =>
              task(`s${n}`, { persona: 'p', retry: RETRY, ...(requires ? { needs: { services: ['github'] } } : {}) }),
            ),
          ),
          { id: `r${run}` },
        ),
      ),
    );
  }

  async #live(time: VirtualTime, death: number | null, handles: readonly RunHandle[]): Promise<void> {
    for (let turn = 0; death === null || turn < death; turn += 1) {
      await quiet();
      for (const { run, turn: when } of this.#play.cancels) {
        const handle = handles.find(({ id }) => id === `r${run}`);
        if (when === turn && handle?.state().status === 'running') await handle.cancel('chance');
      }
      await quiet();
      if (!time.advance()) return;
      expect(turn).toBeLessThan(1_000);
    }
  }

  #agent(id: string, { ms, calls }: Play['agents'][number], time: VirtualTime, runtime: () => Runtime): Agent {
    return {
      id,
      perform: async ({ key }, { call, sleep }) => {
        for (let n = 0; n < calls; n += 1) {
          await call('github', async () => {
            const [view] = runtime().services();
            if (view?.state === 'open') this.wrong.push(`${key} calls it while it is spared`);
            const isTrial = view?.state === 'halfOpen';
            if (isTrial) this.#tries(time, key);
            try {
              await sleep(ms);
            } finally {
              if (isTrial) this.#trying.delete(time);
            }
            if (this.#play.down.some(([from, span]) => time.now() >= from && time.now() < from + span)) throw new Error('502');
          });
        }
        return { ok: true, output: id };
      },
    };
  }

  /** By process, who tries it out there. */
  readonly #trying = new Map<VirtualTime, string>();

  #tries(time: VirtualTime, key: string): void {
    const other = this.#trying.get(time);
    if (other !== undefined) this.wrong.push(`${key} tries it out beside ${other}`);
    this.#trying.set(time, key);
    this.trials += 1;
  }
}

test('nobody calls a service that is spared, one at a time tries it out, and every run ends, whoever is cancelled or dies', async () => {
  let trials = 0;
  await fc.assert(
    fc.asyncProperty(plays, async (play) => {
      const lives = new Lives(play);
      await lives.lead();
      expect(lives.wrong).toEqual([]);
      trials += lives.trials;
    }),
    { numRuns: process.env.TROUPE_DEEP === '1' ? 3_000 : 120 },
  );
  expect(trials).toBeGreaterThan(20);
});
