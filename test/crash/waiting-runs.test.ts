import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleChild, type Doom, live, scratchDirectory } from './one-life.ts';
import type { Doing } from './waiting-child.ts';

const HOUR = 3_600_000;

let scratch = '';
let program = '';

beforeAll(async () => {
  scratch = scratchDirectory();
  program = await bundleChild(scratch, 'waiting-child');
});

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const when = (stage: string): Doom => ({ spinMs: 1, isTime: (said) => said.includes(stage) });

describe('runs that wait, out of memory, in a process that is ended by kill -9', () => {
  test.each<[string, readonly string[]]>([
    ['once', ['parked']],
    ['three times, also while it takes them up', ['parked', 'resumed', 'parked']],
    ['while it starts them', ['started overdue', 'parked']],
  ])(
    '%s, go on where they were; what was due meanwhile is due at once, and signals that came early are taken in order',
    async (_when, stages) => {
      const directory = fs.mkdtempSync(path.join(scratch, 'life-'));
      const orders = { store: path.join(directory, 'store'), log: path.join(directory, 'log') };
      for (const [at, stage] of stages.entries()) {
        const isLast = at === stages.length - 1;
        const does: Doing = at === 0 || isLast ? 'start' : 'stay';
        const { killed } = await live(program, { ...orders, aheadMs: 0, runs: { does } }, when(stage));
        expect(killed).toBe(true);
      }
      const { endings } = await live(program, { ...orders, aheadMs: 2 * HOUR, runs: { does: 'finish' } }, null);
      expect(endings).toMatchObject({
        nap: { status: 'completed', outputs: { nap: { woken_by: 'time' }, then: 'done' } },
        gate: { status: 'completed', outputs: { go: 'yes', then: 'done' } },
        overdue: { status: 'failed' },
        leave: { status: 'completed', outputs: { then: 'done' } },
        early: { status: 'completed', outputs: { one: 'a', two: 'b' } },
      });
      const log = fs.readFileSync(orders.log, 'utf8').trim().split('\n').sort();
      const firsts = ['early', 'gate', 'leave', 'nap', 'overdue'].map((run) => `begin ${run}/first#1`);
      const thens = ['gate', 'leave', 'nap'].map((run) => `begin ${run}/then#1`);
      // An attempt in flight when its host dies begins again under its key.
      expect([...new Set(log)]).toEqual([...firsts, ...thens].sort());
      if (stages[0] === 'parked') expect(log).toEqual([...firsts, ...thens].sort());
    },
    60_000,
  );
});
