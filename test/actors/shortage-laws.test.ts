// Laws of shortages, over random houses: whatever is short, and whatever people say, everything ends or waits for a person who is asked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResourceLimits } from '../../src/policy/resource-amounts.ts';
import { STRATEGIES } from '../../src/policy/shortage-plan.ts';
import type { Task } from '../../src/protocol/task.ts';
import { type ShortHouseOptions, shortHouse } from './short-house.ts';
import { settled } from './work.ts';

const amounts = fc.record({ tokens: fc.constantFrom(10, 100, 400), memoryMb: fc.constantFrom(10, 60, 100) }, { requiredKeys: [] });
const agent = fc.record(
  {
    ms: fc.constantFrom(10, 5_000, 90_000),
    tokens: fc.constantFrom(0, 50, 300),
    memoryMb: fc.constantFrom(5, 70),
    uses: amounts,
    capacity: fc.constantFrom(1, 3),
  },
  { requiredKeys: ['ms'] },
);
const limits: fc.Arbitrary<ResourceLimits> = fc.record(
  { tokens: fc.constantFrom(0, 300, 2_000), memoryMb: fc.constantFrom(50, 100, 150), tokensPerMinute: fc.constantFrom(100, 450) },
  { requiredKeys: [] },
);
const task: fc.Arbitrary<Partial<Task>> = fc.record(
  {
    needs: amounts,
    priority: fc.constantFrom('low' as const, 'high' as const),
    deadlineAt: fc.constantFrom(1_000, 100_000),
    agent: fc.constantFrom('ann', 'ben'),
  },
  { requiredKeys: [] },
);
const move = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('start' as const), task }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('pass' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('cancel' as const, 'raise' as const, 'refuse' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('limit' as const), to: fc.constantFrom(60, 200) }) },
);
type Move = typeof move extends fc.Arbitrary<infer One> ? One : never;
const house: fc.Arbitrary<ShortHouseOptions> = fc.record({
  limits,
  agents: fc.record({ ann: agent, ben: agent, cleo: agent }, { requiredKeys: ['ann'] }),
  ways: fc.subarray([...STRATEGIES]),
  maxConcurrentTasks: fc.constantFrom(1, 3, 50),
});

type House = ReturnType<typeof shortHouse>;

/** At no moment is more of the memory in hand than there is. */
function withinLimits({ ledger }: House, lowered: boolean): void {
  for (const { limits: most, reserved } of ledger.standing().accounts) {
    if (!lowered && most.memoryMb !== undefined) expect(reserved.memoryMb ?? 0).toBeLessThanOrEqual(most.memoryMb);
  }
}

function made(given: House, one: Move, started: string[], gone: Set<string>): void {
  const { desk, dispatcher, ledger } = given;
  if (one.what === 'start') {
    const step = `s${started.length}`;
    started.push(step);
    given.start(step, one.task);
  } else if (one.what === 'pass') given.time.advance();
  else if (one.what === 'limit') {
    if (ledger.limits('runtime').memoryMb === undefined) return;
    ledger.limit('runtime', { memoryMb: one.to });
    desk.limitsChanged();
  } else if (one.what === 'cancel') {
    const step = started[one.which % Math.max(1, started.length)];
    if (step !== undefined && dispatcher.cancel(`r/${step}#1`, 'enough')) gone.add(step);
  } else {
    const questions = desk.questions();
    const question = questions[one.which % Math.max(1, questions.length)];
    if (question !== undefined) desk.answer(question.id, one.what === 'raise' ? { raise: question.lacking * 2 } : { refuse: 'no' });
  }
}

async function lived(options: ShortHouseOptions, story: readonly Move[]): Promise<void> {
  const given = shortHouse(options);
  const started: string[] = [];
  const gone = new Set<string>();
  let lowered = false;
  let chances = 1;
  for (const one of story) {
    if (one.what === 'limit') lowered = true;
    if (one.what === 'limit' || one.what === 'raise') chances += 1;
    made(given, one, started, gone);
    await settled();
    withinLimits(given, lowered);
  }
  await given.quiet();
  const asked = new Set(given.desk.questions().map(({ step }) => step));
  expect([...asked].sort()).toEqual([...given.asked.values()].map(({ step }) => step).sort());
  for (const step of started) {
    const reports = given.reports.get(`r/${step}#1`) ?? [];
    expect([step, reports.length]).toEqual([step, gone.has(step) || asked.has(step) ? 0 : 1]);
    expect(given.heard.filter((each) => each === `asked ${step}`).length).toBeLessThanOrEqual(chances);
    expect(given.heard.filter((each) => each.startsWith(`begin ${step} `)).length).toBeLessThanOrEqual(1);
  }
  if (!(options.ways ?? STRATEGIES).includes('ask_person')) expect(asked.size).toBe(0);
  for (const { id } of given.desk.questions()) given.desk.answer(id, { refuse: 'no' });
  await given.quiet();
  for (const step of asked) expect(given.report(step)).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED' } });
  const { held, waiting } = given.ledger.standing();
  expect([held, waiting, given.desk.questions(), given.dispatcher.inFlight(), given.dispatcher.waiting()]).toEqual([[], [], [], 0, 0]);
  expect(given.time.advance()).toBe(false);
}

describe('however short things are', () => {
  it('everything ends once, or waits for a person who is asked about it; nothing is left behind, and no more is in hand than there is', async () => {
    await fc.assert(fc.asyncProperty(house, fc.array(move, { maxLength: 25 }), lived), { numRuns: 150 });
  }, 60_000);

  it('nothing is told, kept or left running once the house stops; what was asked stays written down', async () => {
    await fc.assert(
      fc.asyncProperty(house, fc.array(task, { minLength: 1, maxLength: 12 }), async (options, tasks) => {
        const given = shortHouse({ ...options, ways: STRATEGIES });
        for (const [at, each] of tasks.entries()) given.start(`s${at}`, each);
        await settled();
        const asked = [...given.asked.keys()];
        const begun = given.heard.length;
        given.desk.stop();
        const stopped = given.dispatcher.stop(0);
        await given.quiet();
        await stopped;
        expect([[...given.asked.keys()], given.heard.length]).toEqual([asked, begun]);
        expect([given.ledger.standing().held, given.ledger.standing().waiting, given.time.advance()]).toEqual([[], [], false]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
