import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { createLedger } from '../../src/actors/resources/ledger.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import type { TaskNeeds, TaskReport } from '../../src/protocol/task.ts';
import { DONE, setStage } from './stage.ts';
import { aTask } from './work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const BROKEN: TaskReport = { ok: false, thrown: true, error: { code: 'AGENT_FAILED', message: 'it broke' } };

/** A house with so much memory and so many tokens, whose tasks end when the test says so. */
function aHouse() {
  const ends = new Map<string, (report: TaskReport) => void>();
  const agent: Agent = { id: 'worker', perform: ({ key }) => new Promise((resolve) => ends.set(key, resolve)) };
  const ledger = createLedger({ time: { now: () => 0, alarm: () => () => {} } });
  const stage = setStage({
    crew: createCrew({ personas: { worker: agent } }),
    maxConcurrentTasks: 4,
    ledger,
    limits: { memoryMb: 100, tokens: 1_000 },
  });
  const begun = () => [...ends.keys()];
  return {
    ...stage,
    ledger,
    begun,
    start: (step: string, needs: TaskNeeds) => stage.dispatcher.start(aTask({ step, key: `r/${step}#1`, persona: 'worker', needs })),
    end: (key: string, report: TaskReport = DONE) => {
      ends.get(key)?.(report);
      ends.delete(key);
    },
  };
}

const needs: fc.Arbitrary<TaskNeeds> = fc.record(
  {
    memoryMb: fc.constantFrom(10, 60, 100),
    tokens: fc.constantFrom(1, 400),
    locks: fc.dictionary(fc.constantFrom('db', 'site'), fc.constantFrom('shared' as const, 'exclusive' as const), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const moves = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ what: fc.constant('start' as const), needs }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('end' as const, 'break' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('cancel' as const), which: fc.nat() }) },
  ),
  { maxLength: 30 },
);

type Move = typeof moves extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

async function played(story: readonly Move[]): Promise<void> {
  const house = aHouse();
  let started = 0;
  for (const move of story) {
    if (move.what === 'start') house.start(`s${started++}`, move.needs);
    else made(house, move, started);
    await turn();
  }
  for (let left = house.begun(); left.length > 0; left = house.begun()) {
    for (const key of left) house.end(key);
    await turn();
  }
  expect([house.dispatcher.inFlight(), house.dispatcher.waiting()]).toEqual([0, 0]);
  for (const [, all] of house.reports) expect(all).toHaveLength(1);
  const { held, waiting } = house.ledger.standing();
  expect([held, waiting]).toEqual([[], []]);
}

function made({ dispatcher, begun, end }: ReturnType<typeof aHouse>, move: Exclude<Move, { what: 'start' }>, started: number): void {
  if (move.what === 'cancel') dispatcher.cancel(`r/s${move.which % (started + 1)}#1`, 'enough');
  else end(begun()[move.which % Math.max(1, begun().length)] ?? '', move.what === 'break' ? BROKEN : DONE);
}

describe('what tasks need beside an agent', () => {
  it('is there when they begin, and others wait for it', async () => {
    const { start, end, begun, heard } = aHouse();
    start('a', { memoryMb: 60 });
    start('b', { memoryMb: 60 });
    start('c', { locks: { db: 'exclusive' } });
    start('d', { locks: { db: 'shared' } });
    expect([begun(), heard]).toEqual([
      ['r/a#1', 'r/c#1'],
      ['queued b', 'queued d'],
    ]);
    end('r/a#1');
    end('r/c#1');
    await turn();
    expect([begun(), heard.slice(2)]).toEqual([
      ['r/b#1', 'r/d#1'],
      ['report a', 'started b', 'report c', 'started d'],
    ]);
  });

  it('fails them at once where it can never be there', async () => {
    const { start, reports, begun } = aHouse();
    start('a', { memoryMb: 101 });
    await turn();
    expect(reports.get('r/a#1')).toMatchObject([{ ok: false, error: { code: 'RESOURCE_EXHAUSTED', where: 'step a' } }]);
    expect(begun()).toEqual([]);
  });

  it('is used up by what they say they have used', async () => {
    const { start, end, ledger } = aHouse();
    start('a', { tokens: 400 });
    end('r/a#1', { ok: true, output: null, usage: { tokens: 150 } });
    start('b', { tokens: 400 });
    await turn();
    const [account] = ledger.standing().accounts;
    expect(account).toMatchObject({ spent: 150, reserved: { tokens: 400 } });
  });

  it('is given back once, however they end, and nobody is left waiting for what is free', async () => {
    await fc.assert(fc.asyncProperty(moves, played), { numRuns: 60 });
  });
});
