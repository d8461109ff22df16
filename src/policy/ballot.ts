/** How the answers of several become one. */

import type { VoteRule } from '../definition/joining.ts';
import { memberAt } from '../definition/member-at.ts';
import { canonicalJson } from '../protocol/canonical-json.ts';
import { isJsonObject, type Json } from '../protocol/json.ts';

/** What came of counting votes. `tie`: somebody else must decide; `undecided`: nobody can, because too few have answered. */
export type Decision =
  | { readonly kind: 'decided'; readonly output: Json }
  | { readonly kind: 'tie'; readonly reason: string }
  | { readonly kind: 'undecided'; readonly reason: string };

/** What one voter has answered. */
export interface Ballot {
  readonly voter: string;
  readonly answer: Json;
  /** Counts under the rule `weighted` where answers have no score of their own; negative or not a number: 0. */
  readonly weight: number;
}

/** How ballots are counted. */
export interface Count {
  readonly rule: VoteRule;
  /** Where in an answer the choice stands; empty for the whole answer. */
  readonly choice: readonly string[];
  /** weighted: where in an answer its score stands; absent: the ballot's weight. */
  readonly score?: readonly string[];
  /** How many must have made a choice. */
  readonly quorum: number;
  /** How many were asked. */
  readonly voters: number;
}

/** Everybody who chose the same. */
interface Side {
  /** As the first of them wrote it. */
  readonly choice: Json;
  readonly answer: Json;
  readonly voters: string[];
  /** The number of voters; under the rule `weighted` what they weigh. */
  weight: number;
}

/**
 * Counts ballots. Choices are the same when they are equal as JSON, upper and lower case and space around texts aside; an answer without a
 * choice (or with null) counts as not given. The order of the ballots does not matter.
 *
 * `majority`: more than half of the votes cast. `unanimous`: all votes cast. `weighted`: the most weight. Where no side has that, and
 * always under `judged`, it is a tie. Too few votes are undecided under every rule. A decision is
 * `{choice, answer, votes: [{choice, voters, weight}], margin}`: the choice and the whole answer of the first on the winning side, all sides
 * with the strongest first, and how far the winner is ahead of the next.
 */
export function countBallots(ballots: readonly Ballot[], count: Count): Decision {
  const sides = sidesOf(ballots, count);
  const [first, second] = sides;
  const cast = sides.reduce((sum, { voters }) => sum + voters.length, 0);
  if (first === undefined || cast < count.quorum) {
    return { kind: 'undecided', reason: `${cast} of ${count.voters} voters made a choice, and ${Math.max(1, count.quorum)} are needed` };
  }
  const reason = whyTied(count.rule, first, second, cast);
  return reason === null ? { kind: 'decided', output: outputOf(first.choice, first.answer, sides) } : { kind: 'tie', reason };
}

/**
 * What a judge, or a person, has answered, as the decision; a tie again when there is no choice in it. Who is asked for a choice may also
 * give it bare. `margin` says how far ahead of the next it was among the voters: below zero where the judge overruled them.
 */
export function judgeBallots(answer: Json, ballots: readonly Ballot[], count: Count): Decision {
  const choice = memberAt(answer, count.choice) ?? (isJsonObject(answer) ? null : answer);
  if (choice === null)
    return { kind: 'tie', reason: `the answer has no choice${count.choice.length === 0 ? '' : ` (${count.choice.join('.')})`}` };
  return { kind: 'decided', output: outputOf(choice, answer, sidesOf(ballots, count)) };
}

function whyTied(rule: VoteRule, first: Side, second: Side | undefined, cast: number): string | null {
  if (rule === 'judged') return 'the judge decides';
  const equal = second !== undefined && second.weight === first.weight;
  if (rule === 'weighted') {
    if (first.weight === 0) return 'no vote has any weight';
    return equal ? `several choices weigh ${first.weight}` : null;
  }
  const needed = rule === 'unanimous' ? cast : Math.floor(cast / 2) + 1;
  if (first.weight >= needed) return null;
  const most = equal
    ? `several choices have ${first.weight} of ${cast} votes`
    : `the strongest choice has ${first.weight} of ${cast} votes`;
  return `${most}, and ${rule === 'unanimous' ? 'all' : `more than half (${needed})`} are needed`;
}

/** The strongest side first, equal ones by their first voter. */
function sidesOf(ballots: readonly Ballot[], { rule, choice: at, score }: Count): Side[] {
  const sides = new Map<string, Side>();
  for (const { voter, answer, weight } of ballots.toSorted(byVoter)) {
    const choice = memberAt(answer, at) ?? null;
    if (choice === null) continue;
    const side = sides.get(sameness(choice)) ?? { choice, answer, voters: [], weight: 0 };
    sides.set(sameness(choice), side);
    side.voters.push(voter);
    side.weight += rule === 'weighted' ? strength(score === undefined ? weight : memberAt(answer, score)) : 1;
  }
  return [...sides.values()].sort((a, b) => b.weight - a.weight);
}

/** `vote.2` before `vote.10`. */
function byVoter(a: Ballot, b: Ballot): number {
  return a.voter.length - b.voter.length || (a.voter < b.voter ? -1 : a.voter > b.voter ? 1 : 0);
}

function strength(weight: Json | undefined): number {
  return typeof weight === 'number' && weight > 0 && Number.isFinite(weight) ? weight : 0;
}

function outputOf(choice: Json, answer: Json, sides: readonly Side[]): Json {
  const chosen = sides.find((side) => sameness(side.choice) === sameness(choice));
  const next = sides.find((side) => side !== chosen);
  return {
    choice,
    answer,
    votes: sides.map((side) => ({ choice: side.choice, voters: side.voters, weight: side.weight })),
    margin: (chosen?.weight ?? 0) - (next?.weight ?? 0),
  };
}

/** The same text for choices that are the same. */
function sameness(choice: Json): string {
  return canonicalJson(folded(choice));
}

function folded(value: Json): Json {
  if (typeof value === 'string') return value.normalize('NFC').trim().toLowerCase();
  if (Array.isArray(value)) return value.map(folded);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, member === undefined ? member : folded(member)]));
}
