/** What a vote asks of its run: voters, the count, a judge. */
import type { VoteStep } from '../definition/workflow.ts';
import type { StepContext } from '../machines/step.ts';
import { type Ballot, type Count, countBallots, type Decision, judgeBallots } from '../policy/ballot.ts';
import { isJsonObject, type Json } from '../protocol/json.ts';
import { contextOf, createVote, stateOf } from './actor-system.ts';
import { openErrand } from './errand.ts';
import { openGroup } from './open-group.ts';
import type { LiveStep, Meeting, RunState } from './run-state.ts';
import { cellOf } from './shared-cell.ts';

/** Creates the actor of a vote. */
export function openVote(vote: LiveStep, step: VoteStep): Meeting {
  const { timeoutMs } = contextOf<StepContext>(vote.actor).plan;
  const input = { path: vote.path, hasJudge: step.judge !== undefined, rule: step.rule, timeoutMs };
  return { kind: 'vote', actor: createVote(vote.actor, input), isCancelled: false };
}

/** Opens the group of the voters: all of them are asked, whatever becomes of the others. */
export function openVoters(state: RunState, vote: LiveStep): void {
  const { blueprint, group, body, path, member } = vote;
  if (blueprint.ballot === null || body?.actor == null) return;
  vote.errand = openGroup(state, group.scope, {
    blueprint: blueprint.ballot.voters,
    path,
    prefix: group.prefix,
    parent: body.actor,
    onFailure: 'best_effort',
    cell: group.context === null ? null : cellOf(group.context, member),
    undo: group.undo,
  });
  vote.errand.actor.start();
  if (stateOf(body.actor) === 'cancelling') vote.errand.actor.send({ type: 'cancel', reason: 'cancelled before it began' });
}

/** Counts what the voters have answered. */
export function countVotes(state: RunState, vote: LiveStep): Decision {
  const { step } = vote.blueprint;
  return step.kind === 'vote'
    ? countBallots(ballotsOf(state, vote, step), countOf(step))
    : { kind: 'undecided', reason: `${vote.path} is no vote` };
}

function countOf({ rule, choice, score, steps, quorum }: VoteStep): Count {
  return {
    rule,
    choice,
    ...(score === undefined ? {} : { score }),
    quorum: quorum ?? Math.floor(steps.length / 2) + 1,
    voters: steps.length,
  };
}

function ballotsOf(state: RunState, { group }: LiveStep, { steps, weights }: VoteStep): Ballot[] {
  return steps.flatMap(({ id }, voter) => {
    const answer = group.scope.steps[id];
    // A voter that runs again and fails this time has an answer from before.
    return answer === undefined || state.records.get(group.prefix + id)?.outcome !== 'completed'
      ? []
      : [{ voter: id, answer, weight: weights?.[voter] ?? 1 }];
  });
}

/** The path of the group of a vote's judge. */
export const judgePath = (vote: string): string => `${vote} (judge)`;

/** Asks the judge, who is shown all answers. */
export function openJudge(state: RunState, vote: LiveStep): void {
  const { blueprint, group, body, path, member } = vote;
  if (blueprint.ballot?.judge == null || blueprint.step.kind !== 'vote' || body?.actor == null) return;
  const ballots = ballotsOf(state, vote, blueprint.step).map(({ voter, answer, weight }) => ({ voter, answer, weight }));
  vote.errand = openErrand(state, group.scope, {
    blueprint: blueprint.ballot.judge,
    path: judgePath(path),
    within: path,
    prefix: group.prefix,
    parent: body.actor,
    extra: { ballots },
    isPrivate: false,
    cell: group.context === null ? null : cellOf(group.context, member),
    undo: group.undo,
  });
  if (stateOf(body.actor) === 'cancelling') vote.errand.actor.send({ type: 'cancel', reason: 'cancelled before it began' });
}

/** What the judge (null: to be looked up) or a person has answered, as the decision of the vote. */
export function decide(state: RunState, vote: LiveStep, answer: Json): Decision {
  const { step } = vote.blueprint;
  if (step.kind !== 'vote') return { kind: 'undecided', reason: `${vote.path} is no vote` };
  const given = answer ?? vote.group.scope.steps[step.judge?.id ?? ''];
  if (given === undefined || given === null) return { kind: 'tie', reason: 'the judge has given no answer' };
  return judgeBallots(given, ballotsOf(state, vote, step), countOf(step));
}

/** What a vote came to, in one clause. */
export function decisionInWords(output: Json): string | null {
  if (!isJsonObject(output) || !Array.isArray(output.votes)) return null;
  const votes = output.votes.flatMap((side) =>
    isJsonObject(side) && Array.isArray(side.voters) ? [`${wordOf(side.choice ?? null)} ${side.voters.length}`] : [],
  );
  return `decided: ${wordOf(output.choice ?? null)}${votes.length === 0 ? '' : ` (${votes.join(', ')})`}`;
}

const wordOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
