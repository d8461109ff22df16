import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { VoteRule } from '../../src/definition/joining.ts';
import type { VoteStep } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type Happening, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 3_000 : 150;

interface Poll {
  /** By voter: the choice, or null for one that fails. */
  readonly picks: readonly (string | null)[];
  readonly rule: VoteRule;
  readonly more?: Partial<VoteStep>;
  /** What the judge answers; null: it fails; undefined: there is none. */
  readonly judge?: Json | null;
  readonly takes?: number;
  readonly happenings?: readonly Happening[];
}

async function perform({ picks, rule, more = {}, judge, takes = 10, happenings = [] }: Poll) {
  const shown: JsonObject[] = [];
  const vote: VoteStep = {
    kind: 'vote',
    id: 'v',
    name: 'v',
    type: 'vote',
    dependencies: [],
    steps: picks.map((_, i) => task(`v.${i + 1}`)),
    rule,
    choice: ['pick'],
    ...(judge === undefined ? {} : { judge: task('v.judge') }),
    ...more,
  };
  const voter: AgentFunction = async ({ task: { step, params }, sleep }) => {
    await sleep(takes);
    if (step === 'v.judge') {
      shown.push(params);
      if (judge === null) throw new Error('the judge is ill');
      return judge;
    }
    const pick = picks[Number(step.slice(2)) - 1];
    if (pick === null || pick === undefined) throw new Error(`${step} is away`);
    return { pick, score: step.length };
  };
  const end = await simulate(workflowOf([vote, task('next', { dependencies: ['v'] })]), {
    crew: { personas: { '*': (work) => (work.task.step === 'next' ? 'next' : voter(work)) } },
    happenings,
  });
  if (end.status !== 'waiting') expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
  const of = (path: string) => end.view.steps.find((step) => step.path === path);
  const output = (end.outputs as JsonObject | null)?.v as { choice: Json; votes: Json; margin: number } | undefined;
  return { end, of, output, shown };
}

describe('a vote', () => {
  const picks = fc.array(fc.constantFrom('x', 'y', 'z', null), { minLength: 1, maxLength: 6 });

  test('by majority, unanimity or weight ends as counting on one’s fingers does', async () => {
    await fc.assert(
      fc.asyncProperty(
        picks,
        fc.constantFrom<VoteRule>('majority', 'unanimous', 'weighted'),
        fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
        fc.option(fc.integer({ min: 1, max: 6 })),
        async (cast, rule, weights, quorum) => {
          const { of, output } = await perform({
            picks: cast,
            rule,
            more: {
              weights: weights.slice(0, cast.length),
              timeout: 50,
              ...(quorum === null ? {} : { quorum: Math.min(quorum, cast.length) }),
            },
          });
          const votes = cast.flatMap((pick, i) => (pick === null ? [] : [{ pick, weight: rule === 'weighted' ? (weights[i] ?? 1) : 1 }]));
          const total = (choice: string) => votes.reduce((sum, { pick, weight }) => (pick === choice ? sum + weight : sum), 0);
          const standings = [...new Set(votes.map(({ pick }) => pick))].map((choice) => ({ choice, weight: total(choice) }));
          const needed = { majority: votes.length / 2 + 0.5, unanimous: votes.length, weighted: 0.5, judged: 0 }[rule];
          const most = Math.max(...standings.map(({ weight }) => weight));
          const winners = standings.filter(({ weight }) => weight === most && weight >= needed);
          const enough = votes.length >= (quorum === null ? Math.floor(cast.length / 2) + 1 : Math.min(quorum, cast.length));
          const winner = enough && winners.length === 1 ? winners[0]?.choice : undefined;
          expect([of('v')?.outcome, output?.choice]).toEqual(winner === undefined ? ['failed', undefined] : ['completed', winner]);
          if (winner === undefined) expect(of('v')?.error?.code).toBe('VOTE_UNDECIDED');
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('waits for every voter, whatever becomes of the others', async () => {
    const { of, output } = await perform({ picks: ['x', null, 'x', 'y'], rule: 'majority' });
    expect([of('v.2')?.outcome, of('v')?.outcome, output?.choice, output?.margin]).toEqual(['failed', 'completed', 'x', 1]);
  });

  test('by score in the answers needs no weights', async () => {
    const twelve = [...Array.from({ length: 9 }, () => 'x'), 'y', 'y', 'y'];
    const { output } = await perform({ picks: twelve, rule: 'weighted', more: { score: ['score'] } });
    // v.1 … v.9 score 3 each, v.10 … v.12 score 4.
    expect([output?.choice, output?.margin]).toEqual(['x', 27 - 12]);
  });

  test('with too few answers is undecided, and nobody is asked to decide it', async () => {
    const { end, of } = await perform({ picks: ['x', null, null], rule: 'majority', judge: { pick: 'x' } });
    expect([end.failure?.code, of('v.judge')?.outcome, of('next')?.outcome]).toEqual(['VOTE_UNDECIDED', 'skipped', 'skipped']);
  });

  test('without a tie asks no judge; the judge has an end all the same', async () => {
    const { end, of, shown } = await perform({ picks: ['x', 'x', 'y'], rule: 'majority', judge: { pick: 'y' } });
    expect([end.status, of('v.judge')?.outcome, shown]).toEqual(['completed', 'skipped', []]);
  });
});

describe('a tie', () => {
  const tie: Poll = { picks: ['x', 'y'], rule: 'majority' };

  test('goes to the judge, who sees all ballots, and may choose otherwise', async () => {
    const { output, shown } = await perform({ ...tie, judge: { pick: 'z' } });
    expect(output).toMatchObject({ choice: 'z', margin: -1 });
    expect(shown).toMatchObject([
      {
        ballots: [
          { voter: 'v.1', answer: { pick: 'x' } },
          { voter: 'v.2', answer: { pick: 'y' } },
        ],
      },
    ]);
  });

  test('goes to the judge in any case where that is the rule', async () => {
    const { output } = await perform({ picks: ['x', 'x'], rule: 'judged', judge: { pick: 'y' } });
    expect(output?.choice).toBe('y');
  });

  test.each<[string, Json | null | undefined]>([
    ['there is no judge', undefined],
    ['the judge fails', null],
    ['the judge makes no choice', { because: 'hard' }],
  ])('goes to a person where %s', async (_, judge) => {
    const poll = judge === undefined ? tie : { ...tie, judge };
    const waits = await perform(poll);
    expect([waits.end.status, waits.of('v')?.signal]).toEqual(['waiting', 'v.decision']);
    const { output } = await perform({ ...poll, happenings: [{ at: 5000, do: 'signal', name: 'v.decision', payload: 'x' }] });
    expect(output?.choice).toBe('x');
  });

  test('takes a person’s answer that came before the count', async () => {
    const { end, output } = await perform({ ...tie, happenings: [{ at: 1, do: 'signal', name: 'v.decision', payload: { pick: 'y' } }] });
    expect([end.status, output?.choice]).toEqual(['completed', 'y']);
  });

  test('that nobody decides in time is undecided', async () => {
    const { end } = await perform({ ...tie, more: { timeout: 1000 } });
    expect([end.failure?.code, end.makespanMs]).toEqual(['VOTE_UNDECIDED', 1010]);
  });

  test('that a person answers with nothing is undecided', async () => {
    const { end } = await perform({ ...tie, happenings: [{ at: 50, do: 'signal', name: 'v.decision' }] });
    expect(end.failure?.code).toBe('VOTE_UNDECIDED');
  });
});

describe('a vote that is cancelled', () => {
  test.each([
    ['while its voters answer', 5, undefined],
    ['while its judge thinks', 15, { pick: 'x' }],
    ['while it waits for a person', 500, undefined],
  ])('%s ends at once, with everybody in it', async (_, at, judge) => {
    const poll: Poll = { picks: ['x', 'y'], rule: 'majority', happenings: [{ at, do: 'cancel', reason: 'enough' }] };
    const { end } = await perform(judge === undefined ? poll : { ...poll, judge });
    expect([end.status, end.makespanMs]).toEqual(['cancelled', at]);
    for (const step of end.view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
  });
});
