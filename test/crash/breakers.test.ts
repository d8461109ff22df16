import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Orders } from './crash-child.ts';
import { bundleChild, type Doom, live, scratchDirectory } from './one-life.ts';

const COOL = 600_000;

let scratch = '';
let program = '';

beforeAll(async () => {
  scratch = scratchDirectory();
  program = await bundleChild(scratch, 'breaker-child');
});

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** The moment at which everybody is known to be spared. */
const spared: Doom = { spinMs: 0, isTime: (said) => said.at(-1)?.startsWith('spared') === true };

test('who was spared when its host was ended by kill -9 is spared by the next ones until the same moment, an agent and a service alike', async () => {
  const directory = fs.mkdtempSync(path.join(scratch, 'life-'));
  const orders = (does: string, aheadMs: number): Orders => ({
    store: path.join(directory, 'store'),
    log: path.join(directory, 'log'),
    runs: { does },
    aheadMs,
  });
  const told = async (does: string, aheadMs: number): Promise<unknown> => {
    const { killed, said } = await live(program, orders(does, aheadMs), spared);
    expect(killed).toBe(true);
    return JSON.parse(said.at(-1)?.slice('spared '.length) ?? '');
  };
  const before = await told('break', 0);
  expect(before).toMatchObject([
    { state: 'open', failures: 1 },
    { service: 'github', state: 'open', failures: 1 },
  ]);
  expect(await told('look', COOL / 2)).toEqual(before);
  expect(await told('look', COOL - 60_000)).toEqual(before);
  const log = () => fs.readFileSync(path.join(directory, 'log'), 'utf8').trim().split('\n').sort();
  expect(log()).toEqual(['begin agent/a#1', 'begin service/a#1']);
  const { endings } = await live(program, orders('finish', COOL), null);
  expect(endings).toMatchObject({ agent: { status: 'completed' }, service: { status: 'completed' } });
  expect(log()).toEqual(['begin agent/a#1', 'begin agent/a#2', 'begin service/a#1', 'begin service/a#2']);
}, 60_000);
