import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VoteRule } from '../../src/definition/joining.ts';
import { type Ballot, type Count, countBallots, type Decision, judgeBallots } from '../../src/policy/ballot.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';

const RULES: readonly VoteRule[] = ['majority', 'unanimous', 'weighted', 'judged'];
const count = (rule: VoteRule, voters: number, more: Partial<Count> = {}): Count => ({
  rule,
  choice: ['vote'],
  quorum: 1,
  voters,
  ...more,
});
const cast = (...votes: readonly (Json | readonly [Json, number])[]): Ballot[] =>
  votes.map((vote, index) => {
    const [choice, weight] = Array.isArray(vote) ? (vote as [Json, number]) : [vote as Json, 1];
    return { voter: `v.${index + 1}`, answer: { vote: choice, by: index + 1 }, weight };
  });
const output = (decision: Decision): JsonObject => {
  expect(decision).toMatchObject({ kind: 'decided' });
  return decision.kind === 'decided' ? (decision.output as JsonObject) : {};
};
const reason = (decision: Decision) => (decision.kind === 'decided' ? null : `${decision.kind}: ${decision.reason}`);

const votes = fc.array(fc.tuple(fc.constantFrom<Json>('yes', ' YES', 'no', 'maybe', 1, null), fc.oneof(fc.nat(4), fc.double())), {
  maxLength: 9,
});
const rules = fc.constantFrom(...RULES);

describe('a count of votes', () => {
  it('decides by more than half of the votes cast', () => {
    expect(output(countBallots(cast('yes', 'no', 'yes'), count('majority', 3)))).toEqual({
      choice: 'yes',
      answer: { vote: 'yes', by: 1 },
      votes: [
        { choice: 'yes', voters: ['v.1', 'v.3'], weight: 2 },
        { choice: 'no', voters: ['v.2'], weight: 1 },
      ],
      margin: 1,
    });
  });

  it('is a tie where the most votes are not more than half', () => {
    expect(reason(countBallots(cast('a', 'a', 'b', 'c'), count('majority', 4)))).toBe(
      'tie: the strongest choice has 2 of 4 votes, and more than half (3) are needed',
    );
    expect(reason(countBallots(cast('a', 'b'), count('majority', 2)))).toBe(
      'tie: several choices have 1 of 2 votes, and more than half (2) are needed',
    );
    expect(reason(countBallots(cast('a', 'a', 'b'), count('unanimous', 3)))).toBe(
      'tie: the strongest choice has 2 of 3 votes, and all are needed',
    );
  });

  it('decides nothing when too few have made a choice, under any rule', () => {
    for (const rule of RULES) {
      expect(reason(countBallots(cast('yes', null), count(rule, 5, { quorum: 2 })))).toBe(
        'undecided: 1 of 5 voters made a choice, and 2 are needed',
      );
      expect(countBallots([], count(rule, 3, { quorum: 0 })).kind).toBe('undecided');
    }
  });

  it('goes by weight, or by the score in each answer; what is no weight counts nothing', () => {
    const weighted = count('weighted', 3);
    expect(output(countBallots(cast(['a', 1], ['a', 1], ['b', 3]), weighted))).toMatchObject({ choice: 'b', margin: 1 });
    expect(output(countBallots(cast(['a', 1], ['b', -9], ['c', Number.NaN]), weighted))).toMatchObject({ choice: 'a', margin: 1 });
    expect(reason(countBallots(cast(['a', 2], ['b', 2]), weighted))).toBe('tie: several choices weigh 2');
    expect(reason(countBallots(cast(['a', 0], ['b', -1]), weighted))).toBe('tie: no vote has any weight');
    expect(output(countBallots(cast(['a', 9], ['b', 1]), count('weighted', 2, { score: ['by'] })))).toMatchObject({
      choice: 'b',
      margin: 1,
    });
  });

  it('leaves the decision to the judge where the rule says so', () => {
    expect(reason(countBallots(cast('a', 'a'), count('judged', 2)))).toBe('tie: the judge decides');
  });

  it('takes choices that differ in case, space around, or order of members as the same, as first written', () => {
    expect(output(countBallots(cast(' Approve', 'approve ', 'reject'), count('majority', 3)))).toMatchObject({
      choice: ' Approve',
      margin: 1,
    });
    const maps = cast({ a: 'X', b: 1 }, { b: 1, a: 'x' });
    expect(output(countBallots(maps, count('unanimous', 2)))).toMatchObject({ choice: { a: 'X', b: 1 } });
    expect(output(countBallots([{ voter: 'v', answer: 'whole', weight: 1 }], count('majority', 1, { choice: [] })))).toMatchObject({
      choice: 'whole',
    });
  });

  it('does not depend on the order of the ballots', () => {
    fc.assert(
      fc.property(votes, rules, fc.nat(5), fc.infiniteStream(fc.nat()), (given, rule, quorum, places) => {
        const ballots = cast(...given);
        const mixed = ballots.map((ballot) => [places.next().value, ballot] as const).toSorted(([a], [b]) => a - b);
        const of = count(rule, given.length, { quorum });
        expect(
          countBallots(
            mixed.map(([, ballot]) => ballot),
            of,
          ),
        ).toEqual(countBallots(ballots, of));
      }),
    );
  });

  it('keeps the winner when another votes for it', () => {
    fc.assert(
      fc.property(votes, rules, (given, rule) => {
        const before = countBallots(cast(...given), count(rule, given.length));
        fc.pre(before.kind === 'decided');
        const { choice, margin } = output(before);
        const after = output(countBallots(cast(...given, [choice ?? null, 1]), count(rule, given.length + 1)));
        expect(after.choice).toEqual(choice);
        expect(Number(after.margin)).toBeGreaterThanOrEqual(Number(margin));
      }),
    );
  });

  it('counts every vote once, and decides only for the strongest side alone', () => {
    fc.assert(
      fc.property(votes, rules, (given, rule) => {
        const decision = countBallots(cast(...given), count(rule, given.length));
        fc.pre(decision.kind === 'decided');
        const sides = output(decision).votes as { voters: string[]; weight: number }[];
        const counted = sides.flatMap(({ voters }) => voters).toSorted();
        expect(counted).toEqual(
          cast(...given)
            .filter(({ answer }) => (answer as JsonObject).vote !== null)
            .map(({ voter }) => voter)
            .toSorted(),
        );
        expect(sides.filter(({ weight }) => weight === sides[0]?.weight)).toHaveLength(1);
        expect(Number(output(decision).margin)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the decision of a judge', () => {
  it('stands, with the votes it was made over', () => {
    const ballots = cast('a', 'a', 'b');
    expect(output(judgeBallots({ vote: 'B ', why: 'x' }, ballots, count('majority', 3)))).toMatchObject({
      choice: 'B ',
      answer: { vote: 'B ', why: 'x' },
      margin: -1,
    });
    expect(output(judgeBallots('c', ballots, count('judged', 3)))).toMatchObject({ choice: 'c', margin: -2 });
  });

  it('is none without a choice', () => {
    expect(reason(judgeBallots({ verdict: 'a' }, [], count('judged', 3)))).toBe('tie: the answer has no choice (vote)');
    expect(reason(judgeBallots(null, [], count('judged', 3)))).toBe('tie: the answer has no choice (vote)');
  });
});
