// What holds for a crew, its agents and the budget, holds while its process is killed with -9 again and again.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerDocument } from '../../src/actors/resources/ledger-document.ts';
import { keptHistory } from '../../src/runtime/agent-history.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { CREW_LIMITS, PRIORITY_OF } from './crew-workflows.ts';
import { Victim } from './deaths.ts';
import { bundleChild, type Doom, scratchDirectory } from './one-life.ts';

let scratch = '';
let program = '';
let victims = 0;
beforeAll(async () => {
  scratch = scratchDirectory();
  program = await bundleChild(scratch, 'crew-child');
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** Chance that is the same in every run of the tests (Park and Miller's minimal standard generator). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Death comes after some tasks have ended in this life, and up to 4 ms later. */
function afterEnds(chance: () => number, most: number): Doom {
  const ends = 1 + Math.floor(chance() * most);
  return { spinMs: chance() * 4, isTime: (said) => said.filter((line) => line.startsWith('end ')).length >= ends };
}

/** Lives until it is over, looked at after each death, and at the end. */
async function lived(name: string, doom: (life: number) => Doom | null, look: (victim: Victim) => Promise<void>): Promise<Victim> {
  const directory = path.join(scratch, `${name}-${++victims}`);
  fs.mkdirSync(directory);
  const victim = new Victim(program, directory, { run: name });
  for (let life = 0; victim.endings === null; life++) {
    await victim.live(doom(life));
    await look(victim);
  }
  return victim;
}

/** What the next process will find in a document of the house. */
async function kept<Document>(victim: Victim, name: string): Promise<Document | null> {
  const store = await openFileStore(victim.orders.store, { readOnly: true });
  const document = store.kept?.(name) ?? null;
  await store.close();
  return document as Document | null;
}

const count = (victim: Victim, word: 'begin' | 'end', agent = ''): number =>
  victim.effects().filter((line) => line.startsWith(`${word} `) && line.endsWith(agent)).length;

const endsOf = (victim: Victim) => Object.entries(victim.endings?.run?.steps ?? {});

/** Neither what was really used nor what is written down passes the limit; and what is written down is never less than what was used. */
async function keepsToTheLimit(victim: Victim): Promise<void> {
  const used = count(victim, 'begin') * CREW_LIMITS.estimate;
  const document = await kept<LedgerDocument>(victim, 'ledger');
  const reserved = Object.values(document?.reserved ?? {}).reduce((sum, { tokens }) => sum + tokens, 0);
  const spent = document?.accounts.runtime?.spent ?? 0;
  expect(spent + reserved).toBeLessThanOrEqual(CREW_LIMITS.tokens);
  expect(spent + reserved).toBeGreaterThanOrEqual(used);
}

describe('a crew whose process is killed with -9', () => {
  test('a hundred branches under a limit of tokens never use more, whatever dies; all of them end, and nothing stays reserved', {
    timeout: 120_000,
  }, async () => {
    const chance = chances(3);
    const victim = await lived('branches', (life) => (life < 20 ? afterEnds(chance, 3) : null), keepsToTheLimit);
    expect(victim.deaths.length).toBeGreaterThanOrEqual(20);
    const ends = endsOf(victim).map(([, end]) => String(end));
    expect(ends).toHaveLength(100);
    // What died was paid for all the same: some may come to nothing in the end.
    expect(ends.filter((end) => end !== 'completed' && end !== 'RESOURCE_EXHAUSTED')).toEqual([]);
    const reserved = Object.keys((await kept<LedgerDocument>(victim, 'ledger'))?.reserved ?? {});
    const lastLife = victim.effects().slice(victim.effects().lastIndexOf('life'));
    expect(reserved.filter((key) => lastLife.some((line) => line.startsWith(`begin ${key} `)))).toEqual([]);
  });

  test('no agent has two tasks in hand, in any life; what is known of them is never more than what they did, and is not forgotten', async () => {
    const chance = chances(7);
    const known = new Map<string, number>();
    const victim = await lived(
      'hands',
      (life) => (life < 12 ? afterEnds(chance, 8) : null),
      async (dead) => {
        const store = await openFileStore(dead.orders.store, { readOnly: true });
        for (const [agent, { record }] of Object.entries(keptHistory(store))) {
          expect(record.completed).toBeGreaterThanOrEqual(known.get(agent) ?? 0);
          expect(record.completed + record.failed).toBeLessThanOrEqual(count(dead, 'end', ` ${agent}`));
          known.set(agent, record.completed);
        }
        await store.close();
      },
    );
    expect(victim.deaths.length).toBeGreaterThanOrEqual(10);
    const hands = new Map<string, string>();
    for (const line of victim.effects()) {
      const [word = '', key = '', agent = ''] = line.split(' ');
      if (word === 'life') hands.clear();
      else if (word === 'begin') {
        expect(hands.get(agent)).toBe(undefined);
        hands.set(agent, key);
      } else hands.delete(agent);
    }
    expect(endsOf(victim).map(([, end]) => end)).toEqual(Array.from({ length: 60 }, () => 'completed'));
    expect([...known.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
  });

  test('those that wait have their turns by priority again after each restart; what had been begun comes first', async () => {
    const chance = chances(5);
    const victim = await lived(
      'queue',
      (life) => (life < 5 ? afterEnds(chance, 4) : null),
      async () => {},
    );
    const lives = victim.effects().join('\n').split('life\n').slice(1);
    expect(lives.length).toBeGreaterThanOrEqual(5);
    const rank = (step: string) => ['low', 'medium', 'high', 'critical'].indexOf(PRIORITY_OF(step));
    let before = ['s0'];
    for (const life of lives) {
      const begun = [...life.matchAll(/begin run\/(s\d+)#/gu)].map(([, step]) => step ?? '');
      // What ended last may not have been written down any more; in the first life, who asks first is first.
      expect(before.slice(-2)).toContain(begun[0]);
      const ranks = begun.slice(1).map(rank);
      expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
      before = begun;
    }
    expect(endsOf(victim).map(([, end]) => end)).toEqual(Array.from({ length: 20 }, () => 'completed'));
  });
});
