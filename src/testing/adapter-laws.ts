/** The laws of adapters, as checks that any test runner can run: each rejects, and says why, where an adapter breaks it. */
import assert from 'node:assert/strict';
import { type AdapterSubject, LAW_USAGE, lawTask } from './adapter-subject.ts';
import { LawHouse, until } from './law-house.ts';
import { LAWS_ELSEWHERE } from './laws-elsewhere.ts';
import type { Trial } from './trial.ts';

/** One law. */
export interface AdapterLaw {
  /** A sentence, for the name of a test. */
  readonly name: string;
  /** Resolves when the adapter keeps it; rejects with what was expected and what came instead. Takes real time. */
  readonly run: () => Promise<void>;
}

/** What is known of the adapters. */
export interface AdapterLawsOptions {
  /** The work is done elsewhere and outlives the process of its house: further laws hold, and the subject needs `another`. Default false. */
  readonly outlives?: boolean;
}

const LAWS: Readonly<Record<string, Trial>> = {
  'what is done is reported once, with its output and what it used up': async (house) => {
    const task = lawTask('answer');
    assert.deepEqual(await house.performed(task), { ok: true, output: task.params.value, usage: LAW_USAGE });
    await house.quiet();
    assert.equal(house.reports(task).length, 1);
  },

  'a failure by its own word is told from breaking': async (house) => {
    const ends = await Promise.all([house.performed(lawTask('refuse')), house.performed(lawTask('break'))]);
    assert.deepEqual(
      ends.map((report) => (report.ok ? 'completed' : report.thrown)),
      [false, true],
    );
  },

  'the same key is one piece of work with one end, however often it is begun': async (house, { begun }) => {
    const task = lawTask('answer');
    for (let n = 0; n < 3; n += 1) house.start(task);
    await house.reported(task);
    await house.quiet();
    assert.equal(house.reports(task).length, 1);
    if (begun !== undefined) assert.equal(await begun(task.key), 1);
  },

  'what it says while it works is heard; after the end, nothing is': async (house) => {
    const task = lawTask('chatter');
    await house.performed(task);
    const heard = house.notes(task);
    assert.ok(heard > 0, 'nothing was said while it worked');
    // a whole task later whatever was on its way has come
    await house.performed(lawTask('answer'));
    assert.equal(house.notes(task), heard);
  },

  'cancelling ends it without a report; cancelling again, and forcing it, changes nothing': async (house) => {
    const task = lawTask('wait');
    await house.atWork(task);
    assert.equal(house.cancel(task), true);
    assert.equal(house.cancel(task), false);
    house.force(task);
    house.force(task);
    await house.quiet();
    assert.deepEqual([house.reports(task), house.notes(task) > 0], [[], true]);
  },

  'cancelled in the instant it begins, it ends all the same': async (house) => {
    const task = lawTask('wait');
    house.start(task);
    house.cancel(task);
    await house.quiet();
    assert.deepEqual(house.reports(task), []);
  },

  'what it answers although it was cancelled is late, and no result': async (house) => {
    const task = lawTask('insist');
    await house.atWork(task);
    house.cancel(task);
    await house.quiet();
    assert.deepEqual(house.reports(task), []);
    assert.ok(house.late(task).length <= 1, 'it was late more than once');
  },

  'an answer that is no report is AGENT_OUTPUT_INVALID': async (house) => {
    const report = await house.performed(lawTask('lie'));
    assert.equal(report.ok ? 'completed' : report.error.code, 'AGENT_OUTPUT_INVALID');
  },

  'many at once do not get mixed up': async (house) => {
    const tasks = (['answer', 'chatter', 'answer', 'chatter', 'answer'] as const).map((word) => lawTask(word));
    const reports = await Promise.all(tasks.map((task) => house.performed(task)));
    assert.deepEqual(
      reports.map((report) => report.ok && report.output),
      tasks.map(({ params }) => params.value),
    );
  },

  'a house that stops hears nothing more; closing lets everything go, and again does nothing': async (house, { held }) => {
    const task = lawTask('wait');
    await house.atWork(task);
    await house.end();
    await house.end();
    assert.deepEqual([house.reports(task), house.late(task)], [[], []]);
    if (held !== undefined) await until('nothing is held any more', async () => (await held()) === 0);
  },
};

/**
 * The laws that every adapter keeps: one end for a key; the same key twice is one piece of work; cancelling ends it, once or twice; nothing is
 * heard after the end; what comes late is no result; hostile answers are AGENT_OUTPUT_INVALID; closing lets everything go. For work that
 * outlives us, further: a house that stops, or dies, leaves it alone; the next one finds it, at work or ended; usage is counted once.
 *
 * They are tried through the house, as everything is that an agent does. Register them with any test runner:
 * `for (const { name, run } of adapterLaws(make)) test(name, run)`.
 *
 * @param make makes a subject whose workers do what `LawWord` says; called once for each law
 */
export function adapterLaws(
  make: () => AdapterSubject | Promise<AdapterSubject>,
  { outlives = false }: AdapterLawsOptions = {},
): readonly AdapterLaw[] {
  const laws = Object.entries(outlives ? { ...LAWS, ...LAWS_ELSEWHERE } : LAWS);
  return laws.map(([name, trial]) => ({ name, run: () => tried(make, trial) }));
}

async function tried(make: () => AdapterSubject | Promise<AdapterSubject>, trial: Trial): Promise<void> {
  const subject = await make();
  const houses: LawHouse[] = [];
  const open = (adapter: AdapterSubject['adapter']): LawHouse => {
    const house = new LawHouse(adapter);
    houses.push(house);
    return house;
  };
  const next = (): LawHouse => {
    assert.ok(subject.another !== undefined, 'a subject whose work outlives its house needs `another`');
    return open(subject.another());
  };
  try {
    await trial(open(subject.adapter), subject, next);
  } finally {
    await Promise.all(houses.map((house) => house.end()));
    await subject.close?.();
  }
}
