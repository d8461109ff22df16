import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ResourceView } from '../../src/runtime/resources-view.ts';
import type { Orders } from './crash-child.ts';
import { bundleChild, type Doom, live, scratchDirectory } from './one-life.ts';

let scratch = '';
let program = '';

beforeAll(async () => {
  scratch = scratchDirectory();
  program = await bundleChild(scratch, 'resources-child');
});

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const held: Doom = { spinMs: 0, isTime: (said) => said.at(-1)?.startsWith('held') === true };
const told = (said: readonly string[], word: string): ResourceView =>
  JSON.parse(said.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? '{}');
const tokens = ({ accounts }: ResourceView) =>
  accounts.map(({ name, spent, inDoubt, reserved }) => [name, spent, inDoubt, reserved.tokens ?? 0]);

test('nothing that tasks had is lost or kept from others when their host is ended by kill -9, again and again', async () => {
  const orders = (does: string): Orders => ({
    store: path.join(scratch, 'store'),
    log: path.join(scratch, 'log'),
    runs: { does },
    aheadMs: 0,
  });
  const first = await live(program, orders('hold'), held);
  expect(first.killed).toBe(true);
  expect(told(first.said, 'held').held.map(({ task }) => task)).toHaveLength(1);
  expect(tokens(told(first.said, 'held'))).toEqual([['runtime', 0, 0, 300]]);

  const second = await live(program, orders('hold'), held);
  expect(told(second.said, 'stands')).toMatchObject({ held: [], waiting: [] });
  expect(tokens(told(second.said, 'stands'))).toEqual([['runtime', 0, 300, 0]]);
  expect(tokens(told(second.said, 'held'))).toEqual([['runtime', 300, 0, 300]]);

  const { said, endings } = await live(program, orders('finish'), null);
  expect(endings).toMatchObject({ r: { status: 'completed' } });
  expect(tokens(told(said, 'stands'))).toEqual([['runtime', 300, 300, 0]]);
  expect(tokens(told(said, 'left'))).toEqual([['runtime', 700, 0, 0]]);
}, 60_000);
