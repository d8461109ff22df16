import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type VoteEvent, type VoteInput, voteMachine } from '../../src/machines/vote.ts';
import type { GroupSettled } from '../../src/protocol/messages.ts';
import { onStage } from './on-stage.ts';

type Outcome = GroupSettled['outcome'];

const TIMEOUT = 5000;
const input = (more: Partial<VoteInput> = {}): VoteInput => ({
  path: 'review',
  hasJudge: true,
  rule: 'majority',
  timeoutMs: TIMEOUT,
  ...more,
});
const done = (outcome: Outcome, outputs?: string): VoteEvent => ({
  type: 'xstate.done.actor.member',
  output: {
    outcome,
    failedStep: null,
    error: outcome === 'failed' ? { code: 'AGENT_FAILED', message: 'no' } : null,
    thrown: false,
    ...(outputs === undefined ? {} : { outputs }),
  },
});
const signal = (payload: string | null): VoteEvent => ({ type: 'signal.received', payload });
const cancel: VoteEvent = { type: 'cancel', reason: 'enough' };

const kinds = fc.constantFrom('decided' as const, 'tie' as const, 'undecided' as const);
const outcomes = fc.constantFrom<Outcome>('completed', 'failed', 'cancelled');
const decisionOf = (kind: 'decided' | 'tie' | 'undecided', by: string) =>
  kind === 'decided' ? { kind, output: { by } } : { kind, reason: `${kind} by ${by}` };

/** Everything that can be known of a vote beforehand: who says what, who fails, and whether a person is in time. */
const stories = fc.record({
  hasJudge: fc.boolean(),
  limited: fc.boolean(),
  voters: outcomes,
  count: kinds,
  judge: outcomes,
  judgement: kinds,
  person: fc.constantFrom('in time', 'too late', 'says nothing'),
  answer: kinds,
});
type Story = typeof stories extends fc.Arbitrary<infer Value> ? Value : never;

/** The reference: who is asked, and how it ends. */
function told(story: Story): { readonly asked: readonly string[]; readonly end: string } {
  const asked = ['openVoters'];
  if (story.voters === 'cancelled') return { asked, end: 'cancelled' };
  asked.push('countVotes');
  if (story.count !== 'tie') return { asked, end: story.count === 'decided' ? 'decided' : 'failed' };
  if (story.hasJudge) {
    asked.push('openJudge');
    if (story.judge === 'cancelled') return { asked, end: 'cancelled' };
    if (story.judge === 'completed') asked.push('decide');
    if (story.judge === 'completed' && story.judgement === 'decided') return { asked, end: 'decided' };
  }
  asked.push('listen');
  if (story.person === 'too late' && story.limited) return { asked, end: 'failed' };
  if (story.person === 'says nothing') return { asked, end: 'failed' };
  return { asked: [...asked, 'decide'], end: story.answer === 'decided' ? 'decided' : 'failed' };
}

const stageOf = (story: Story) =>
  onStage(voteMachine, input({ hasJudge: story.hasJudge, timeoutMs: story.limited ? TIMEOUT : null }), () => ({
    countVotes: () => decisionOf(story.count, 'voters'),
    decide: (_, answer) => (answer === 'person' ? decisionOf(story.answer, 'person') : decisionOf(story.judgement, 'judge')),
  }));

/** What the world does next for a vote in a state; null where it has nothing to wait for. */
function next(state: string, story: Story): VoteEvent | 'time passes' | null {
  if (state === 'casting') return done(story.voters);
  if (state === 'judging') return done(story.judge);
  if (state === 'cancelling') return done('cancelled');
  if (state !== 'escalated') return null;
  if (story.person === 'too late' && story.limited) return 'time passes';
  return signal(story.person === 'says nothing' ? null : 'person');
}

describe('a vote', () => {
  test('asks the voters, then the judge, then a person, each once and only over a tie, and ends as the last of them says', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const { tell, pass, asked, state, actor, errors } = stageOf(story);
        for (let turn = 0; turn < 4; turn++) {
          const event = next(state(), story);
          if (event === 'time passes') pass(TIMEOUT);
          else if (event !== null) tell(event);
        }
        const { asked: wanted, end } = told(story);
        expect([asked.map(([name]) => name), state(), errors]).toEqual([wanted, end, []]);
        const { output } = actor.getSnapshot();
        const outcome = { decided: 'completed', failed: 'failed', cancelled: 'cancelled' }[end];
        expect(output?.outcome).toBe(outcome);
        if (end === 'decided') expect(output?.outputs).toHaveProperty('by');
        else expect([output?.outputs, output?.error?.code]).toEqual([null, end === 'failed' ? 'VOTE_UNDECIDED' : undefined]);
      }),
      { numRuns: 500 },
    );
  });

  test('cancelled at any point is over when nobody works for it any more, and not before', () => {
    fc.assert(
      fc.property(stories, fc.nat({ max: 3 }), (story, when) => {
        const { tell, pass, calls, state } = stageOf(story);
        for (let step = 0; step < when; step++) {
          const event = next(state(), story);
          if (event === 'time passes') pass(TIMEOUT);
          else if (event !== null) tell(event);
        }
        const before = state();
        if (next(before, story) === null) return;
        tell(cancel, cancel);
        if (before === 'escalated') {
          expect([state(), calls('cancelBody')]).toEqual(['cancelled', []]);
          return;
        }
        expect([state(), calls('cancelBody')]).toEqual(['cancelling', [['cancelBody', 'review', 'enough']]]);
        tell(done('completed'));
        expect([state(), calls('cancelBody').length]).toEqual(['cancelled', 1]);
      }),
      { numRuns: 300 },
    );
  });

  test('takes the judge’s answer from the settlement where it is there, else leaves it to the run to look it up', () => {
    for (const given of ['yes', undefined]) {
      const { tell, calls } = onStage(voteMachine, input(), () => ({
        countVotes: () => decisionOf('tie', 'voters'),
        decide: () => decisionOf('decided', 'judge'),
      }));
      tell(done('completed'), done('completed', given));
      expect(calls('decide')).toEqual([['decide', 'review', given ?? null]]);
    }
  });

  test('without a decision says whose word was the last', () => {
    const tied = () => ({ countVotes: () => decisionOf('tie', 'voters') });
    const late = onStage(voteMachine, input({ hasJudge: false }), tied);
    late.tell(done('completed'));
    late.pass(TIMEOUT);
    expect(late.actor.getSnapshot().output?.error).toMatchObject({
      message: 'the vote came to no decision: tie by voters; no person decided within 5s',
      where: 'review',
      details: { rule: 'majority' },
    });
    const judged = onStage(voteMachine, input(), tied);
    judged.tell(done('completed'), done('failed'), signal(null));
    expect(judged.actor.getSnapshot().output?.error?.message).toBe('the vote came to no decision: the person who was asked gave no answer');
    const failed = onStage(voteMachine, input(), tied);
    failed.tell(done('completed'), done('failed'));
    failed.pass(TIMEOUT);
    expect(failed.actor.getSnapshot().output?.error?.message).toBe(
      'the vote came to no decision: tie by voters; the judge failed: no; no person decided within 5s',
    );
  });

  test('gives a person the whole timeout from the moment of being asked, however long voters and judge took', () => {
    const { tell, pass, state } = onStage(voteMachine, input(), () => ({ countVotes: () => decisionOf('tie', 'voters') }));
    pass(TIMEOUT * 3);
    tell(done('completed'));
    pass(TIMEOUT * 3);
    tell(done('failed'));
    pass(TIMEOUT - 1);
    expect(state()).toBe('escalated');
    pass(1);
    expect(state()).toBe('failed');
  });

  test('without a timeout waits for a person as long as it takes', () => {
    const { tell, pass, state } = onStage(voteMachine, input({ timeoutMs: null, hasJudge: false }), () => ({
      countVotes: () => decisionOf('tie', 'voters'),
    }));
    tell(done('completed'));
    pass(365 * 86_400_000);
    expect(state()).toBe('escalated');
  });
});
