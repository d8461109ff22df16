// Whole runs whose steps take locks and memory before they begin, and whose agents ask for more while they work; killed, and gone on with.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import { type Agent, createRuntime, type JsonObject, type TaskLease } from '../../src/index.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { simulate, VirtualTime } from '../../src/testing/index.ts';
import { task, workflowOf } from './linear.ts';

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

const RUNS = ['r1', 'r2'];
const LOCKS = ['x', 'y', 'z'];
const lockSet = fc.uniqueArray(fc.constantFrom(...LOCKS), { maxLength: 2 });
const plays = fc.record({
  steps: fc.array(fc.record({ requires: lockSet, asks: fc.array(lockSet, { maxLength: 3 }), memoryMb: fc.constantFrom(0, 10, 60) }), {
    minLength: 2,
    maxLength: 7,
  }),
  places: fc.integer({ min: 1, max: 5 }),
  capacity: fc.constantFrom(1, 2, 9),
  kills: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 2 }),
});
type Play = typeof plays extends fc.Arbitrary<infer P> ? P : never;

/** Who has which lock, as far as agents of one process can tell. */
class Witness {
  readonly wrong: string[] = [];
  readonly #has = new Map<string, string>();

  take(locks: readonly string[], who: string): void {
    for (const lock of locks) {
      const other = this.#has.get(lock);
      if (other !== undefined && other !== who) this.wrong.push(`${lock} of ${other} is taken by ${who}`);
      this.#has.set(lock, who);
    }
  }

  letGo(who: string): void {
    for (const [lock, other] of [...this.#has]) if (other === who) this.#has.delete(lock);
  }
}

const exclusive = (locks: readonly string[]) => Object.fromEntries(locks.map((lock) => [lock, 'exclusive' as const]));

function worker(capacity: number, witness: Witness): Agent {
  return {
    id: 'worker',
    capacity,
    perform: async ({ key, params }, { lease, sleep }) => {
      const { requires, asks } = params as { requires: string[]; asks: string[][] };
      const leases: TaskLease[] = [];
      witness.take(requires, key);
      try {
        for (const locks of asks) {
          leases.push(await lease({ locks: exclusive(locks) }));
          witness.take(locks, key);
          await sleep(5);
        }
        return { ok: true, output: leases.length };
      } finally {
        witness.letGo(key);
      }
    },
  };
}

const workflowOfPlay = ({ steps, kills }: Play) =>
  workflowOf(
    steps.map(({ requires, asks, memoryMb }, n) =>
      task(`s${n}`, {
        persona: 'p',
        needs: { locks: exclusive(requires), memoryMb },
        params: { requires, asks } as JsonObject,
        // What was learned of those who gave way does not outlive their process.
        retry: { ...RETRY_SHAPE, delayMs: 3, retries: asks.length * (kills.length + 1) },
      }),
    ),
  );

async function played(play: Play): Promise<void> {
  const store = createMemoryStore();
  const wrong: string[] = [];
  let now = 0;
  let isNew = true;
  for (const death of [...[...play.kills].sort((a, b) => a - b), null]) {
    const time = new VirtualTime(now);
    const witness = new Witness();
    const crew = { personas: { p: worker(play.capacity, witness) } };
    const runtime = await createRuntime({ store, time, crew, maxConcurrentTasks: play.places, limits: { memoryMb: 100 } });
    if (isNew) await Promise.all(RUNS.map((id) => runtime.start(workflowOfPlay(play), { id })));
    else await runtime.resumeAll();
    isNew = false;
    for (let turn = 0; death === null || turn < death; turn += 1) {
      await quiet();
      if (!time.advance()) break;
      expect(turn).toBeLessThan(1_000);
    }
    await quiet();
    wrong.push(...witness.wrong);
    now = time.now();
    // Whoever is killed is left as it is: its time stands still, and nothing of it is heard again.
    if (death !== null) continue;
    for (const id of RUNS) expect((await runtime.view(id)).status).toBe('completed');
    await runtime.stop();
  }
  expect(wrong).toEqual([]);
}

test('two that take the same locks in opposite order both come to their end on virtual time', async () => {
  const crossing = (id: string, asks: string[][]) =>
    task(id, { persona: 'p', params: { requires: [], asks }, retry: { ...RETRY_SHAPE, delayMs: 60_000, retries: 2 } });
  const witness = new Witness();
  const { status, outputs, makespanMs } = await simulate(workflowOf([crossing('a', [['x'], ['y']]), crossing('b', [['y'], ['x']])]), {
    crew: { personas: { p: worker(9, witness) } },
  });
  expect([status, outputs, witness.wrong]).toEqual(['completed', { a: 2, b: 2 }, []]);
  expect(makespanMs).toBeGreaterThanOrEqual(60_000);
});

test('each comes to its end with as many retries as its agents ask for things, and no lock is had by two', async () => {
  await fc.assert(fc.asyncProperty(plays, played), { numRuns: process.env.TROUPE_DEEP === '1' ? 2_000 : 60 });
});
