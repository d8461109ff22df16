import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldRun } from '../../src/runtime/recovery.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import type { Endings, Orders } from './crash-child.ts';
import { LONG_BACKOFF_MS } from './crash-workflow.ts';
import { breaches, Victim } from './deaths.ts';
import { bundleChild, type Doom, scratchDirectory } from './one-life.ts';

const POINTS = process.env.TROUPE_DEEP === '1' ? 500 : 50;

let scratch = '';
let program = '';
let victims = 0;

function newVictim(runs: Orders['runs']): Victim {
  const directory = path.join(scratch, `victim-${++victims}`);
  fs.mkdirSync(directory);
  return new Victim(program, directory, runs);
}

/** How these runs end when nobody is killed. */
async function undisturbed(runs: Orders['runs']): Promise<Endings | null> {
  const lucky = newVictim(runs);
  await lucky.live(null);
  return lucky.endings;
}

/** Chance that is the same in every run of the tests (Park and Miller's minimal standard generator). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Death comes after some effects of this life, and up to 4 ms later. */
function afterEffects(chance: () => number, most: number): Doom {
  const effects = 1 + Math.floor(chance() * most);
  const isEffect = (line: string) => line.startsWith('begin ') || line.startsWith('end ');
  return { spinMs: chance() * 4, isTime: (said) => said.filter(isEffect).length >= effects };
}

const when = (stage: string, spinMs: number): Doom => ({ spinMs, isTime: (said) => said.includes(stage) });

beforeAll(async () => {
  scratch = scratchDirectory();
  program = await bundleChild(scratch);
});

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe('a process that is ended by kill -9', () => {
  test(`at ${POINTS} points of a run is taken over: nothing completed begins again, nothing is left out, the outputs are the same`, {
    timeout: POINTS * 3_000,
  }, async () => {
    const runs = { run: 'everything' };
    const expected = await undisturbed(runs);
    const points = new Set<string>();
    let kills = 0;
    for (let round = 1; points.size < POINTS; round++) {
      const victim = newVictim(runs);
      const chance = chances(round);
      // Some die again and again, some once and late.
      const most = round % 4 === 0 ? 60 : 10;
      while (victim.endings === null) await victim.live(afterEffects(chance, most));
      expect(await breaches(victim)).toEqual([]);
      expect(victim.endings).toEqual(expected);
      kills += victim.deaths.length;
      for (const { effects, batches } of victim.deaths) points.add(`${effects}/${batches}`);
    }
    console.log(`kill -9: ${kills} kills at ${points.size} different points of effect log and journal`);
    expect(points.size).toBeGreaterThanOrEqual(POINTS);
  });

  test('again and again while it recovers is taken over all the same', async () => {
    const runs = { run: 'everything' };
    const expected = await undisturbed(runs);
    const victim = newVictim(runs);
    const chance = chances(11);
    await victim.live(afterEffects(chance, 30));
    for (const stage of ['opening', 'opening', 'opening', 'opening', 'opened', 'opened', 'resumed', 'opening', 'resumed']) {
      await victim.live(when(stage, stage === 'opening' ? chance() * 12 : chance()));
    }
    while (victim.endings === null) await victim.live(null);
    expect(victim.deaths.length).toBeGreaterThanOrEqual(10);
    expect(await breaches(victim)).toEqual([]);
    expect(victim.endings).toEqual(expected);
  });

  test('in the middle of two runs at once leaves each of them as if it had been alone', async () => {
    const runs = { left: 'everything', right: 'everything' };
    const expected = await undisturbed(runs);
    const victim = newVictim(runs);
    const chance = chances(5);
    for (let life = 0; victim.endings === null && life < 8; life++) await victim.live(afterEffects(chance, 16));
    if (victim.endings === null) await victim.live(null);
    expect(await breaches(victim)).toEqual([]);
    expect(victim.endings).toEqual(expected);
    expect(expected?.left?.outputs).toEqual(expected?.right?.outputs);
  });
});

describe('a retry that is pending when its process is killed', () => {
  /** Kills a process between the first attempt and the second. Returns the victim and the moment the second one is due. */
  async function killedWhileBackingOff(): Promise<{ victim: Victim; due: number }> {
    const victim = newVictim({ run: 'patient' });
    await victim.live(when('retrying later', 0));
    const journal = (await victim.journals()).get('run') ?? [];
    const failure = journal.find(({ fact }) => fact.type === 'task.failed');
    return { victim, due: (failure?.fact.at ?? Number.NaN) + LONG_BACKOFF_MS };
  }

  /** When the second attempt was started, and by what. */
  async function secondAttempt(victim: Victim) {
    const journal = (await victim.journals()).get('run') ?? [];
    return journal.find(({ intents }) => intents.some(([kind, id]) => kind === 'task.start' && id === 'later#2'))?.fact;
  }

  test('keeps its absolute moment through every restart', async () => {
    const { victim, due } = await killedWhileBackingOff();
    for (const stage of ['opened', 'resumed', 'resumed']) {
      await victim.live(when(stage, 2));
      const store = await openFileStore(victim.orders.store, { readOnly: true });
      const { run, batches } = await foldRun(store, 'run');
      await store.close();
      // On a machine so slow that the moment has passed, the attempt has begun instead.
      const begun = batches.some(({ fact }) => fact.at >= due);
      expect(begun ? due : run.nextDue()).toBe(due);
    }
    while (victim.endings === null) await victim.live(null);
    expect((await secondAttempt(victim))?.at).toBeGreaterThanOrEqual(due);
    expect(await breaches(victim)).toEqual([]);
    expect(victim.endings?.run?.status).toBe('completed');
  });

  test('begins in the very moment of the recovery when its own moment has passed meanwhile', async () => {
    const { victim, due } = await killedWhileBackingOff();
    await victim.live(null, 3_600_000);
    const fact = await secondAttempt(victim);
    expect(fact?.type).toBe('run.recovered');
    expect(fact?.at).toBeGreaterThanOrEqual(due);
    expect(await breaches(victim)).toEqual([]);
    expect(victim.endings?.run?.status).toBe('completed');
  });
});
