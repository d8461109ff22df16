import type { StepList } from './builder-list.ts';
import type { FromScope, GivenMap, Known, OutputOf, Schema } from './builder-options.ts';
import { type PartOf, pickedPath } from './builder-paths.ts';
import { listed, refused } from './builder-refusal.ts';
import { builtTask, type WorkOptions } from './builder-task.ts';
import { builtDuration, type DurationOption, type TimingOptions } from './builder-timing.ts';
import type { VoteRule } from './joining.ts';
import type { AnyReference, Reference, Resolved } from './reference.ts';
import type { TaskStep, VoteStep } from './workflow.ts';

/** Who is asked: each of these personas once, or one of them (or whoever does the type) so many times. */
type Voters =
  | { readonly personas: readonly string[]; readonly persona?: never; readonly voters?: never }
  | { readonly voters: number; readonly persona?: string; readonly personas?: never };

/** What a vote may say. `timeout` and `retries` are those of each voter, as `params` and `output` are. */
export type VoteOptions<K extends Known, Output extends Schema, Choice extends AnyReference | undefined> = WorkOptions<K, Output> &
  Voters & {
    /** Default majority: more than half of the votes. `weighted`: the greatest weight; `judged`: another persona decides. */
    readonly rule?: VoteRule;
    /** What of an answer is voted on: `(answer) => answer.verdict`. Default: the whole of it. */
    readonly choice?: (answer: Reference<OutputOf<Output>>) => Choice;
    /** weighted: where an answer says how much it weighs. */
    readonly score?: PartOf<OutputOf<Output>>;
    /** weighted: by persona. Default 1. */
    readonly weights?: Readonly<Record<string, number>>;
    /** Decides under the rule `judged`, and ties under the others: gets the answers as `ballots`. */
    readonly judge?: string | JudgeOptions<K>;
    /** How many voters must answer. Default: more than half. */
    readonly quorum?: number;
    /** How long a tie that nobody else decides waits for a person. Default: as long as it takes. */
    readonly escalate?: { readonly timeout?: DurationOption };
  };

interface JudgeOptions<K extends Known> extends TimingOptions {
  readonly persona?: string;
  readonly type?: string;
  readonly params?: FromScope<K, GivenMap>;
}

/** What a vote gives: what was chosen, the first answer that chose it, how the votes fell, and by how much it won. */
export interface VoteResult<Answer, Choice> {
  readonly choice: Choice;
  readonly answer: Answer;
  readonly votes: readonly { readonly choice: Choice; readonly voters: readonly string[]; readonly weight: number }[];
  readonly margin: number;
}

/** The result of a vote by its schema and by what its `choice` picks. */
export type VoteResultOf<Output extends Schema, Choice> = VoteResult<OutputOf<Output>, Resolved<NonNullable<Choice>>>;

/** A vote: the task of one voter, once for each of them. Throws DEFINITION_INVALID where there are not at least two. */
export function builtVote<K extends Known, Output extends Schema, Choice extends AnyReference | undefined>(
  list: StepList,
  id: string,
  options: VoteOptions<K, Output, Choice>,
  defaults: TimingOptions,
): VoteStep {
  const { rule = 'majority', choice, score, weights, judge, quorum, escalate, ...work } = options;
  const personas = votersOf(id, options);
  const { persona: _asked, personas: _all, voters: _count, ...asked } = work;
  const [first] = personas;
  const { name, type, dependencies, edges, description, condition, fallback, onFailure, forSteps, feedback, budget, ...task } = builtTask<
    K,
    Output
  >(list, id, { ...asked, ...(first === undefined ? {} : { persona: first }) }, defaults);
  const judging = judge === undefined ? undefined : builtJudge(list, id, judge, defaults);
  const given = weights === undefined ? undefined : weightsOf(id, personas, weights);
  return {
    id,
    name,
    type: 'vote',
    dependencies: [...new Set([...dependencies, ...(judging?.dependencies ?? [])])],
    ...(edges === undefined ? {} : { edges }),
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(forSteps === undefined ? {} : { forSteps }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(feedback === undefined ? {} : { feedback }),
    ...(budget === undefined ? {} : { budget }),
    kind: 'vote',
    steps: personas.map((persona, index) => ({
      ...task,
      id: `${id}.${index + 1}`,
      name: options.name === undefined ? `${id}.${index + 1}` : name,
      type,
      dependencies: [],
      ...(persona === undefined ? {} : { persona }),
    })),
    rule,
    choice: choice === undefined ? [] : pickedPath(choice, `the choice of "${id}"`),
    ...(score === undefined ? {} : { score: pickedPath(score, `the score of "${id}"`) }),
    ...(given === undefined ? {} : { weights: given }),
    ...(judging === undefined ? {} : { judge: { ...judging, ...(options.name === undefined ? {} : { name }), dependencies: [] } }),
    ...(quorum === undefined ? {} : { quorum }),
    ...(escalate?.timeout === undefined ? {} : { timeout: builtDuration(escalate.timeout) }),
  };
}

function votersOf(id: string, { personas, persona, voters }: Voters): readonly (string | undefined)[] {
  if (personas !== undefined && voters !== undefined) {
    throw refused('DECLARATION_CONFLICT', `the vote "${id}" says both "personas" and "voters"`, 'each persona of the list votes once');
  }
  const count = personas?.length ?? voters ?? 0;
  if (Number.isInteger(count) && count >= 2 && count <= MAX_VOTERS) return personas ?? Array.from({ length: count }, () => persona);
  throw refused('VALUE_RANGE', `the vote "${id}" has ${count} voters`, `give "personas", or "voters" from 2 to ${MAX_VOTERS}`);
}

/** More voters than anybody would ask are a typing mistake. */
const MAX_VOTERS = 1000;

function weightsOf(id: string, personas: readonly (string | undefined)[], weights: Readonly<Record<string, number>>): number[] {
  const unknown = Object.keys(weights).filter((persona) => !personas.includes(persona));
  if (unknown.length > 0) throw refused('NAME_UNKNOWN', `the weights of "${id}" name ${listed(unknown)}, which does not vote in it`);
  return personas.map((persona) => (persona === undefined ? 1 : (weights[persona] ?? 1)));
}

function builtJudge<K extends Known>(list: StepList, id: string, judge: string | JudgeOptions<K>, defaults: TimingOptions): TaskStep {
  return builtTask<K, undefined>(list, `${id}.judge`, typeof judge === 'string' ? { persona: judge } : judge, defaults);
}
