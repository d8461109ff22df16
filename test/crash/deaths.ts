/** A store, its effect log and everything that happened to it: lives, deaths, and what the journal knew at each death. */
import fs from 'node:fs';
import path from 'node:path';
import type { Batch } from '../../src/protocol/journal.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import type { Endings, Orders } from './crash-child.ts';
import { type Doom, type Life, live } from './one-life.ts';

/** What was known when a child had died. */
export interface Death {
  /** Lines of the effect log. */
  readonly effects: number;
  /** Batches of all runs. */
  readonly batches: number;
  /** By run that had begun and not ended: lines of the effect log, batches, as one word. */
  readonly points: ReadonlyMap<string, string>;
  /** Attempts recorded as ended. */
  readonly ended: ReadonlySet<string>;
  /** Steps recorded as completed, as `run/step`. */
  readonly completed: ReadonlySet<string>;
  /** Attempts recorded as started and not as ended. */
  readonly inFlight: ReadonlySet<string>;
}

export class Victim {
  readonly orders: Orders;
  readonly deaths: Death[] = [];
  endings: Endings | null = null;
  readonly #program: string;

  constructor(program: string, directory: string, runs: Orders['runs'], more: Partial<Orders> = {}) {
    this.#program = program;
    this.orders = { store: path.join(directory, 'store'), log: path.join(directory, 'effects.log'), runs, aheadMs: 0, ...more };
  }

  /** Lives once; a death is looked into, an end is kept. */
  async live(doom: Doom | null, aheadMs = 0): Promise<Life> {
    const life = await live(this.#program, { ...this.orders, aheadMs }, doom);
    if (life.endings !== null) this.endings = life.endings;
    else this.deaths.push(await this.#autopsy());
    return life;
  }

  /** The effect log so far, line by line. */
  effects(): string[] {
    return fs.existsSync(this.orders.log) ? fs.readFileSync(this.orders.log, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** The journals as the next process will find them. */
  async journals(): Promise<Map<string, Batch[]>> {
    const store = await openFileStore(this.orders.store, { readOnly: true });
    const journals = new Map<string, Batch[]>();
    for (const run of await store.runs()) journals.set(run, await store.read(run));
    await store.close();
    return journals;
  }

  async #autopsy(): Promise<Death> {
    const ended = new Set<string>();
    const completed = new Set<string>();
    const inFlight = new Set<string>();
    const points = new Map<string, string>();
    const effects = this.effects();
    let batches = 0;
    for (const [run, journal] of await this.journals()) {
      batches += journal.length;
      const isOver = journal.some(({ intents }) => intents.some(([kind]) => kind === 'run.end'));
      if (!isOver) points.set(run, `${effects.filter((line) => line.includes(` ${run}/`)).length}/${journal.length}`);
      for (const { fact, intents } of journal) {
        if (fact.type === 'task.completed' || fact.type === 'task.failed') {
          ended.add(`${run}/${fact.step}#${fact.attempt}`);
          inFlight.delete(`${run}/${fact.step}#${fact.attempt}`);
          if (fact.type === 'task.completed') completed.add(`${run}/${fact.step}`);
        }
        for (const [kind, id] of intents) if (kind === 'task.start') inFlight.add(`${run}/${id}`);
      }
    }
    return { effects: effects.length, batches, points, ended, completed, inFlight };
  }
}

const keysOf = (effects: readonly string[], what: 'begin' | 'end') =>
  effects.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1));

const stepOf = (key: string) => key.slice(0, key.lastIndexOf('#'));

/** Every attempt that was performed from its beginning to its end, once each. */
export const performed = (victim: Victim): string[] => [...new Set(keysOf(victim.effects(), 'end'))].sort();

/**
 * Every breach of the promises that the effect log shows, in words; none is what a test wants. `expected`: attempts that also begin where
 * nobody dies, though their step has completed before (work that goes back).
 */
export async function breaches(victim: Victim, expected: ReadonlySet<string> = new Set()): Promise<string[]> {
  const effects = victim.effects();
  const again = victim.deaths.flatMap((death, number) =>
    wrongBeginnings(effects, death, expected).map((what) => `${what} (death ${number})`),
  );
  return [...again, ...(await missingEffects(effects, victim))];
}

/** What began after a death although it must not have. */
function wrongBeginnings(effects: readonly string[], death: Death, expected: ReadonlySet<string>): string[] {
  const before = new Set(keysOf(effects.slice(0, death.effects), 'begin'));
  return keysOf(effects.slice(death.effects), 'begin').flatMap((key) => {
    if (death.completed.has(stepOf(key)) && !expected.has(key)) return [`${key} began although its step was recorded as completed`];
    if (death.ended.has(key)) return [`${key} began although it was recorded as ended`];
    if (before.has(key) && !death.inFlight.has(key)) return [`${key} began again although it was not recorded as in flight`];
    return [];
  });
}

/** What was started, according to the journal, and did not begin or end in the world. */
async function missingEffects(effects: readonly string[], victim: Victim): Promise<string[]> {
  const begun = new Set(keysOf(effects, 'begin'));
  const ended = new Set(keysOf(effects, 'end'));
  const started = new Set<string>();
  for (const [run, journal] of await victim.journals()) {
    for (const { intents } of journal) for (const [kind, id] of intents) if (kind === 'task.start') started.add(`${run}/${id}`);
  }
  return [
    ...[...started].filter((key) => !begun.has(key)).map((key) => `${key} was started and never began`),
    ...[...started, ...begun].filter((key) => !ended.has(key)).map((key) => `${key} never ended`),
    ...[...begun].filter((key) => !started.has(key)).map((key) => `${key} began and was never recorded as started`),
  ];
}
