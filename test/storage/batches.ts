import fc from 'fast-check';
import type { Batch, JournalStore } from '../../src/protocol/journal.ts';
import type { Json } from '../../src/protocol/json.ts';

/** A batch that says something about its place. */
export function batch(n: number, output: Json = `output ${n}`): Batch {
  if (n === 0) {
    const input = { goal: 'ein „Ziel“ – 目標 🎯', output };
    const fact = {
      type: 'run.started',
      at: 1,
      format: 1,
      workflow: 'w',
      definition: 'hash',
      input,
      variables: {},
      seed: 7,
      maxConcurrency: 8,
    } as const;
    return { n, fact, intents: [['task.start', 'a#1', 12345]] };
  }
  return { n, fact: { type: 'task.completed', at: n, step: `s${n}`, attempt: 1, output }, intents: [] };
}

/** The first `count` batches of a run. */
export function batches(count: number): Batch[] {
  return Array.from({ length: count }, (_, n) => batch(n));
}

/** Appends one after the other. */
export async function appendAll(store: JournalStore, run: string, all: readonly Batch[]): Promise<void> {
  for (const one of all) await store.append(run, one);
}

/** Everything in a store, by run, in the order of the runs. */
export async function contents(store: JournalStore): Promise<[run: string, batches: Batch[]][]> {
  const all: [string, Batch[]][] = [];
  for (const run of await store.runs()) all.push([run, await store.read(run)]);
  return all;
}

/** What happens to arrive in one turn: appends that are not awaited one by one. */
export interface Turn {
  readonly run: string;
  readonly output: Json;
}

/** Any JSON, and now and then one that is too large for a line. */
const anyOutput: fc.Arbitrary<Json> = fc.oneof(
  { weight: 12, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(70_000), ['ü'.repeat(40_000)], 'y'.repeat(65_534), 'y'.repeat(65_535)) },
);

/** Run ids as users choose them, some of them traps. */
const anyRun = fc.constantFrom('a', 'b', '1', '0', '__proto__', 'A/../b', ' ,"fact":{ ', '\n', '\ud800');

/** Turns of appends over few runs. */
export const anyTurns: fc.Arbitrary<Turn[][]> = fc.array(
  fc.array(fc.record({ run: anyRun, output: anyOutput }), { minLength: 1, maxLength: 4 }),
  {
    minLength: 1,
    maxLength: 12,
  },
);

/** Does turns; returns every batch given, by run, and how many of each run were acknowledged before the first refusal. */
export async function play(
  store: JournalStore,
  turns: readonly (readonly Turn[])[],
  given: Map<string, Batch[]>,
  acknowledged: Map<string, number>,
) {
  for (const turn of turns) {
    await Promise.all(
      turn.map(({ run, output }) => {
        const all = given.get(run) ?? [];
        given.set(run, all);
        const one = batch(all.length, output);
        all.push(one);
        return store.append(run, one).then(() => acknowledged.set(run, Math.max(acknowledged.get(run) ?? 0, one.n + 1)));
      }),
    );
  }
}
