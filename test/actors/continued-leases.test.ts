import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { createLedger } from '../../src/actors/resources/ledger.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import type { TaskReport } from '../../src/protocol/task.ts';
import { Shelf } from './resources/house.ts';
import { setStage } from './stage.ts';
import { aTask } from './work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const task = () => aTask({ step: 'a', key: 'r/a#1', persona: 'worker', needs: { tokens: 400 } });

/** A process whose ledger is kept on a shelf, and what it begins its task with. */
function aLife(shelf: Shelf, more: Partial<Agent>) {
  let end: (report: TaskReport) => void = () => {};
  const agent: Agent = {
    id: 'worker',
    perform: () =>
      new Promise((resolve) => {
        end = resolve;
      }),
    ...more,
  };
  const ledger = createLedger({ time: { now: () => 0, alarm: () => () => {} }, keeper: shelf });
  const { dispatcher } = setStage({ crew: createCrew({ personas: { worker: agent } }), ledger, limits: { tokens: 1_000 } });
  dispatcher.start(task());
  const account = () => {
    const { spent, inDoubt, reserved } = ledger.standing().accounts[0] ?? {};
    return { spent, inDoubt, reserved: reserved?.tokens };
  };
  return { account, end: (tokens: number) => end({ ok: true, output: null, usage: { tokens } }) };
}

describe('what a process had reserved for a task when it died', () => {
  it('is reserved for it still where the work went on elsewhere under the same key, and settled once', async () => {
    const shelf = new Shelf();
    const elsewhere = { recall: async () => {} };
    aLife(shelf, elsewhere);
    const next = aLife(shelf, elsewhere);
    expect(next.account()).toEqual({ spent: 0, inDoubt: 0, reserved: 400 });
    next.end(150);
    await turn();
    expect(next.account()).toEqual({ spent: 150, inDoubt: 0, reserved: 0 });
  });

  it('counts as used where the work is done here, and so begins anew', async () => {
    const shelf = new Shelf();
    aLife(shelf, {});
    const next = aLife(shelf, {});
    expect(next.account()).toEqual({ spent: 400, inDoubt: 0, reserved: 400 });
    next.end(150);
    await turn();
    expect(next.account()).toEqual({ spent: 550, inDoubt: 0, reserved: 0 });
  });
});
