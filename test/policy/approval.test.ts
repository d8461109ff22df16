import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Answer,
  answerVerdict,
  delegated,
  delegationProblem,
  type OpenQuestion,
  outcomeOf,
  tokenOf,
  withAnswer,
} from '../../src/policy/approval.ts';
import { approvalMoments } from '../../src/policy/approval-moments.ts';

const FORM = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
const question = (more: Partial<OpenQuestion> = {}): OpenQuestion => ({
  asking: 'r/ask!1',
  revision: 0,
  people: ['ann', 'ben', 'cleo'],
  form: null,
  values: null,
  quorum: null,
  mayDelegate: true,
  answers: [],
  ...more,
});
const answer = (by: string, decision: Answer['decision'] = 'approve', more: Partial<Answer> = {}): Answer => ({
  token: 'r/ask!1',
  by,
  decision,
  values: null,
  reason: null,
  at: 1,
  ...more,
});

/** Takes answers in as a run does: what does not count changes nothing. */
function heard(start: OpenQuestion, answers: readonly Answer[]): OpenQuestion {
  let now = start;
  for (const each of answers) if (answerVerdict(now, each).kind === 'counts') now = { ...now, ...withAnswer(now, each) };
  return now;
}

const people = fc.constantFrom('ann', 'ben', 'cleo', 'eve');
const answers = fc.array(
  fc.record({
    by: people,
    decision: fc.constantFrom<Answer['decision']>('approve', 'reject', 'edit'),
    values: fc.constantFrom(null, { n: 1 }, { n: 2 }, { n: 'x' }),
    token: fc.constantFrom('r/ask!1', 'r/ask!1.1', 'r/ask!0'),
    reason: fc.constant(null),
    at: fc.constant(1),
  }),
  { maxLength: 12 },
);
const questions = fc.record({
  people: fc.constantFrom(null, ['ann'], ['ann', 'ben', 'cleo']),
  form: fc.constantFrom(null, FORM),
  values: fc.constantFrom(null, { n: 0 }),
  quorum: fc.constantFrom(null, 1, 2),
});

describe('an answer', () => {
  test('counts once for each person, whatever is said how often', () => {
    fc.assert(
      fc.property(questions, answers, (of, said) => {
        const names = heard(question(of), said).answers.map(({ by }) => by);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  test('given again takes no effect', () => {
    fc.assert(
      fc.property(questions, answers, (of, said) => {
        const once = heard(question(of), said);
        const again = said.filter((each) => answerVerdict(once, each).kind === 'counts');
        // whoever was overruled by an edit says something new when they say it to the values as they stand
        for (const each of again) expect(once.answers.some(({ by, token }) => by === each.by && token === each.token)).toBe(false);
      }),
    );
  });

  test('never approves values that the form does not take', () => {
    fc.assert(
      fc.property(questions, answers, (of, said) => {
        const asked = question({ ...of, values: null });
        const end = heard(asked, said);
        const approved = end.answers.some(({ decision }) => decision !== 'reject');
        if (asked.form !== null && approved) expect(end.values).toMatchObject({ n: expect.any(Number) });
        if (asked.form === null) expect(end.values).toBeNull();
      }),
    );
  });

  test.each([
    ['of somebody who is not asked', question(), answer('eve'), 'refused'],
    ['of anybody, where nobody is named', question({ people: null }), answer('eve'), 'counts'],
    ['to an earlier asking', question({ asking: 'r/ask!2' }), answer('ann'), 'late'],
    ['with values where none are wanted', question(), answer('ann', 'approve', { values: 1 }), 'invalid'],
    ['without values where they are wanted', question({ form: FORM }), answer('ann'), 'invalid'],
    ['that takes what is proposed', question({ form: FORM, values: { n: 1 } }), answer('ann'), 'counts'],
    ['that takes what is proposed, which the form does not', question({ form: FORM, values: {} }), answer('ann'), 'invalid'],
    ['that edits without saying how', question({ form: FORM, values: { n: 1 } }), answer('ann', 'edit'), 'invalid'],
    ['that rejects without values', question({ form: FORM }), answer('ann', 'reject'), 'counts'],
  ])('%s', (_, of, said, kind) => expect(answerVerdict(of, said).kind).toBe(kind));

  test('whoever changes their mind is refused, whoever repeats it is acknowledged', () => {
    const asked = heard(question({ quorum: 2 }), [answer('ann')]);
    expect(answerVerdict(asked, answer('ann')).kind).toBe('repeated');
    expect(answerVerdict(asked, answer('ann', 'reject'))).toEqual({ kind: 'refused', reason: 'ann has answered already: approve' });
  });

  test('an edit voids approvals of other values, and an old approval sent again does not overrule it', () => {
    const first = answer('ann', 'approve', { values: { n: 1 } });
    const asked = heard(question({ form: FORM, quorum: 2 }), [first]);
    const edited = heard(asked, [answer('ben', 'edit', { token: tokenOf(asked), values: { n: 2 } })]);
    expect(edited).toMatchObject({ values: { n: 2 }, answers: [{ by: 'ben', decision: 'edit' }] });
    expect(answerVerdict(edited, first).kind).toBe('late');
    const agreed = heard(edited, [answer('ann', 'approve', { token: tokenOf(edited) })]);
    expect(outcomeOf(agreed)).toBe('edited');
  });
});

describe('what answers come to', () => {
  test.each([
    ['the first answer decides', null, ['ann', 'ben'], ['approve'], 'approved'],
    ['also a rejection', null, ['ann', 'ben'], ['reject'], 'rejected'],
    ['two of three, one is there', 2, ['ann', 'ben', 'cleo'], ['approve'], 'open'],
    ['two of three, one rejects', 2, ['ann', 'ben', 'cleo'], ['reject'], 'open'],
    ['two of three, one rejects, two approve', 2, ['ann', 'ben', 'cleo'], ['reject', 'approve', 'approve'], 'approved'],
    ['two of three, two reject', 2, ['ann', 'ben', 'cleo'], ['reject', 'reject'], 'rejected'],
    ['two of whoever it may be, one rejects', 2, null, ['reject'], 'rejected'],
  ] as const)('%s', (_, quorum, asked, decisions, outcome) => {
    const given = decisions.map((decision, n) => answer(['ann', 'ben', 'cleo'][n] ?? '', decision));
    expect(outcomeOf(heard(question({ quorum, people: asked }), given))).toBe(outcome);
  });
});

describe('passing a question on', () => {
  const to = (by: string, other: string, token = 'r/ask!1') => ({ token, by, to: other });

  test('puts another in the place of who passes it on', () => {
    expect(delegationProblem(question(), to('ann', 'dan'))).toBeNull();
    expect(delegated(['ann', 'ben'], 'ann', 'dan')).toEqual(['dan', 'ben']);
    expect(delegated(null, 'ann', 'dan')).toEqual(['dan']);
  });

  test.each([
    ['of a question that stays where it is', question({ mayDelegate: false }), to('ann', 'dan')],
    ['by somebody who is not asked', question(), to('eve', 'dan')],
    ['to somebody who is asked already', question(), to('ann', 'ben')],
    ['by somebody who has answered', heard(question({ quorum: 2 }), [answer('ann')]), to('ann', 'dan')],
    ['where several of whoever it may be must approve', question({ people: null, quorum: 2 }), to('ann', 'dan')],
    ['of an earlier question', question(), to('ann', 'dan', 'r/ask!0')],
  ])('%s is refused', (_, of, given) => expect(delegationProblem(of, given)).not.toBeNull());
});

test('what time does comes in order, once each, and ends with the timeout', () => {
  const moments = approvalMoments({
    dueMs: 20,
    remind: { everyMs: 10, times: 5 },
    escalate: [
      { to: 'lead', afterMs: 15 },
      { to: 'boss', afterMs: 15 },
      { to: 'board', afterMs: 15 },
    ],
    timeoutMs: 40,
  });
  expect(moments.map(({ atMs, what, ...more }) => [atMs, what, ...Object.values(more)])).toEqual([
    [10, 'remind'],
    [15, 'escalate', 'lead'],
    [20, 'remind'],
    [30, 'remind'],
    [30, 'escalate', 'boss'],
    [40, 'expire'],
  ]);
});
