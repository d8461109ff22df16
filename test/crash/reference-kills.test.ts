import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endings, Orders } from './crash-child.ts';
import { breaches, performed, Victim } from './deaths.ts';
import { bundleChild, type Doom, scratchDirectory } from './one-life.ts';
import { referenceWorkflows } from './reference-workflows.ts';

/** Places at which a run is killed, all five together: a place is a state of its journal and of what was done outside. */
const POINTS = process.env.TROUPE_DEEP === '1' ? 1_000 : 200;
const NAMES = ['chain', 'merge', 'feedback', 'approval', 'compensation'];

let scratch = '';
let program = '';
let workflows = '';
let victims = 0;

beforeAll(async () => {
  scratch = scratchDirectory();
  program = await bundleChild(scratch, 'reference-child');
  workflows = path.join(scratch, 'workflows.json');
  fs.writeFileSync(workflows, JSON.stringify(referenceWorkflows()));
});

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function newVictim(names: readonly string[], again?: Orders['again']): Victim {
  const directory = path.join(scratch, `victim-${++victims}`);
  fs.mkdirSync(directory);
  const runs = Object.fromEntries(names.map((name) => [name, name]));
  return new Victim(program, directory, runs, { workflows, ...(again === undefined ? {} : { again }) });
}

/** What a victim comes to that nobody kills, and what it has performed. */
async function undisturbed(names: readonly string[], again?: Orders['again']): Promise<{ endings: Endings | null; keys: string[] }> {
  const lucky = newVictim(names, again);
  await lucky.live(null);
  return { endings: lucky.endings, keys: performed(lucky) };
}

/** Chance that is the same in every run of the tests (Park and Miller's minimal standard generator). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Death comes after so many lines of this life that say what is meant, and up to 3 ms later. */
function after(chance: () => number, most: number, isMeant: (line: string) => boolean): Doom {
  const wanted = 1 + Math.floor(chance() * most);
  return { spinMs: chance() * 3, isTime: (said) => said.filter(isMeant).length >= wanted };
}

const isEffect = (line: string) => line.startsWith('begin ') || line.startsWith('end ');

/** What is promised of a victim that has come to its end: nothing lost, nothing repeated, all as if nobody had died. */
async function kept(victim: Victim, { endings, keys }: { readonly endings: Endings | null; readonly keys: readonly string[] }) {
  expect(await breaches(victim, new Set(keys))).toEqual([]);
  expect(performed(victim)).toEqual(keys);
  expect(victim.endings).toEqual(endings);
}

describe('five runs in a process that is ended by kill -9', () => {
  test(`at ${POINTS} points lose no completed step and repeat none; outputs and audit are those of runs nobody killed`, {
    timeout: POINTS * 1_500,
  }, async () => {
    const expected = await undisturbed(NAMES);
    const statuses = Object.entries(expected.endings ?? {}).map(([name, { status }]) => `${name} ${status}`);
    expect(statuses.filter((status) => !status.endsWith(' completed'))).toEqual(['compensation failed']);
    expect(expected.keys).toEqual(
      expect.arrayContaining([
        'feedback/read#3',
        'approval/close#1',
        'compensation/(compensation)/one#1',
        'compensation/(compensation)/aside#1',
      ]),
    );
    const points = new Map(NAMES.map((name) => [name, new Set<string>()]));
    const reached = () => [...points.values()].reduce((sum, { size }) => sum + size, 0);
    let kills = 0;
    for (let round = 1; reached() < POINTS; round++) {
      const victim = newVictim(NAMES);
      const chance = chances(round);
      while (victim.endings === null) await victim.live(after(chance, round % 3 === 0 ? 40 : 14, isEffect));
      await kept(victim, expected);
      kills += victim.deaths.length;
      for (const death of victim.deaths) for (const [run, point] of death.points) points.get(run)?.add(point);
    }
    const each = [...points].map(([name, { size }]) => `${name} ${size}`).join(', ');
    console.log(`kill -9: ${kills} kills of five runs at once, at ${reached()} points (${each}): completed steps lost 0, repeated 0`);
    for (const [name, { size }] of points) expect([name, size >= POINTS / 20]).toEqual([name, true]);
  });
});

describe('a process that is ended by kill -9', () => {
  test('while somebody answers: the answer takes effect once, whoever gives it again, and from whichever process', async () => {
    const expected = await undisturbed(['approval']);
    const chance = chances(3);
    let deaths = 0;
    for (let round = 0; round < (process.env.TROUPE_DEEP === '1' ? 60 : 5); round++) {
      const victim = newVictim(['approval']);
      // Whoever asked is dead by the time that the next process answers, which dies while it is at it.
      for (let life = 0; victim.endings === null && life < 12; life++) {
        await victim.live(after(chance, 2, (line) => line.startsWith(life % 2 === 0 ? 'answering' : 'answered')));
      }
      if (victim.endings === null) await victim.live(null);
      deaths += victim.deaths.length;
      await kept(victim, expected);
    }
    console.log(`kill -9: ${deaths} kills while people answered: each answer took effect once`);
  });

  for (const [again, name] of [
    ['retry', 'compensation'],
    ['fork', 'chain'],
  ] as const) {
    test(`between a ${again} and the first step of it: what stands is not done again, the rest is done once`, async () => {
      const expected = await undisturbed([name], again);
      const chance = chances(9);
      expect(expected.endings?.[again === 'retry' ? name : `${name}-fork`]?.status).toBe('completed');
      for (let round = 0; round < (process.env.TROUPE_DEEP === '1' ? 40 : 4); round++) {
        const victim = newVictim([name], again);
        const stages = ['going back', 'gone back', 'going back', 'gone back'];
        for (let life = 0; victim.endings === null && life < stages.length; life++) {
          const stage = stages[life] ?? '';
          await victim.live({ spinMs: chance() * 4, isTime: (said) => said.includes(stage) });
        }
        if (victim.endings === null) await victim.live(null);
        await kept(victim, expected);
      }
    });
  }
});
