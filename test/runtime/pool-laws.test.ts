// Whole runs over pools: whoever works, is cancelled or dies meanwhile, nobody has more in hand than they may, and nobody waits for ever.
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

const houses = fc.record({
  agents: fc.array(
    fc.record({ capacity: fc.constantFrom(1, 1, 2), ms: fc.integer({ min: 1, max: 9 }), breaksEvery: fc.constantFrom(0, 0, 2, 3) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  /** How many steps side by side each run has. */
  runs: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  places: fc.integer({ min: 1, max: 6 }),
  cancels: fc.array(fc.record({ run: fc.nat({ max: 3 }), turn: fc.nat({ max: 12 }) }), { maxLength: 3 }),
  kills: fc.uniqueArray(fc.nat({ max: 10 }), { maxLength: 2 }),
});
type Play = typeof houses extends fc.Arbitrary<infer P> ? P : never;

/** One process after the other over the same store. */
class Lives {
  readonly #play: Play;
  readonly #store: JournalStore = createMemoryStore();
  readonly #time = { now: 0 };
  most = 0;
  /** What an agent throws becomes data: here it is kept for the test to see. */
  readonly wrong: string[] = [];

  constructor(play: Play) {
    this.#play = play;
  }

  async lead(): Promise<void> {
    const { kills, runs } = this.#play;
    let isNew = true;
    for (const death of [...[...kills].sort((a, b) => a - b), null]) {
      const time = new VirtualTime(this.#time.now);
      const hands = new Map<string, number>();
      const runtime = await createRuntime({
        store: this.#store,
        time,
        maxConcurrentTasks: this.#play.places,
        crew: { personas: { p: this.#play.agents.map((each, place) => this.#agent(`a${place}`, each, hands)) } },
      });
      const handles = await this.#begun(runtime, isNew);
      isNew = false;
      await this.#live(time, death, handles);
      this.#time.now = time.now();
      // Whoever is killed is left as it is: its time stands still, and nothing of it is heard again.
      if (death !== null) continue;
      for (const [place] of runs.entries()) expect((await runtime.view(`r${place}`)).status).not.toBe('running');
      expect([...hands.values()].every((held) => held === 0)).toBe(true);
      for (const { tasks, state } of runtime.agents()) expect([tasks, state]).toEqual([[], 'idle']);
      await runtime.stop();
    }
  }

  async #begun(runtime: Runtime, isNew: boolean): Promise<readonly RunHandle[]> {
    if (!isNew) return (await runtime.resumeAll()).resumed;
    return Promise.all(
      this.#play.runs.map((width, place) =>
        runtime.start(workflowOf(Array.from({ length: width }, (_, n) => task(`s${n}`, { persona: 'p' }))), {
          id: `r${place}`,
        }),
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

  #agent(id: string, { capacity, ms, breaksEvery }: Play['agents'][number], hands: Map<string, number>): Agent {
    let begun = 0;
    return {
      id,
      capacity,
      perform: async (_task, { sleep }) => {
        begun += 1;
        const breaks = breaksEvery > 0 && begun % breaksEvery === 0;
        const held = (hands.get(id) ?? 0) + 1;
        hands.set(id, held);
        if (held > capacity) this.wrong.push(`${id} has ${held} tasks`);
        const all = [...hands.values()].reduce((sum, each) => sum + each, 0);
        if (all > this.#play.places) this.wrong.push(`${all} tasks at once`);
        this.most = Math.max(this.most, all);
        try {
          await sleep(ms);
        } finally {
          hands.set(id, (hands.get(id) ?? 0) - 1);
        }
        if (breaks) throw new Error('it broke');
        return { ok: true, output: id };
      },
    };
  }
}

test('no agent has more in hand than it may, everything is given back, and every run ends', async () => {
  let together = 0;
  await fc.assert(
    fc.asyncProperty(houses, async (play) => {
      const lives = new Lives(play);
      await lives.lead();
      expect(lives.wrong).toEqual([]);
      if (lives.most > 1) together += 1;
    }),
    { numRuns: process.env.TROUPE_DEEP === '1' ? 3_000 : 120 },
  );
  expect(together).toBeGreaterThan(10);
});
