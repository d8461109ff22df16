import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type Happening, type Simulation, simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { leftovers } from './leftovers.ts';

const rounds = ({ view }: Simulation, path: string) => view.phases.find((each) => each.path === path)?.rounds.map(({ result }) => result);

const says = (answers: Readonly<Record<string, readonly Json[]>>) => ({
  personas: {
    '*': ({ task: { step, attempt } }: { task: { step: string; attempt: number } }) => {
      const list = answers[step] ?? ['done'];
      return list[Math.min(attempt, list.length) - 1] ?? null;
    },
  },
});

const answer = (at: number, step: string, more: object): Happening => ({ at, do: 'answer', step, by: 'ann', ...more }) as Happening;

const gated = (more = '') =>
  loaded(
    `name: gated\nsteps:\n  - { id: p, type: phase, steps: [{ id: a, type: persona-request, persona: w }], gate: { check: "steps.a != 'bad'", person: { to: [ann], subject: "Is {{ steps.a }} good?" }${more} } }\n`,
  );

describe('a gate with a person', () => {
  test('is shown to the person once all else holds, and passes when it is approved', async () => {
    const open = await simulate(gated(), { crew: says({}) });
    const asked = open.view.steps.find(({ path }) => path === '(person)/p')?.question;
    expect([open.status, asked?.subject, asked?.people, asked?.params]).toMatchObject([
      'waiting',
      'Is done good?',
      ['ann'],
      { phase: 'p', outputs: { a: 'done' } },
    ]);
    const run = await simulate(gated(), { crew: says({}), happenings: [answer(50, '(person)/p', { decision: 'approve' })] });
    expect([run.status, rounds(run, 'p')]).toEqual(['completed', ['passed']]);
    expect(run.view.phases[0]?.rounds[0]?.gate?.checks.at(-1)).toMatchObject({
      kind: 'person',
      of: 'ann',
      actual: 'approved',
      passed: true,
    });
  });

  test('that is asked when the run is cancelled is told nothing more, and leaves nothing', async () => {
    const run = await simulate(gated(', on_failure: retry'), { crew: says({}), happenings: [{ at: 50, do: 'cancel' }] });
    expect([run.status, rounds(run, 'p'), leftovers(foldJournal('simulation', run.workflow, run.journal))]).toEqual([
      'cancelled',
      ['cancelled'],
      {},
    ]);
  });

  test('asks nobody when something else does not hold', async () => {
    const run = await simulate(gated(), { crew: says({ a: ['bad'] }) });
    expect([run.status, run.view.steps.some(({ path }) => path === '(person)/p')]).toEqual(['failed', false]);
  });

  test('does not hold when it is rejected, and the reason goes to the next round', async () => {
    const happenings = [
      answer(50, '(person)/p', { decision: 'reject', reason: 'too long' }),
      answer(90, '(person)/p', { decision: 'approve' }),
    ];
    const run = await simulate(gated(', on_failure: rework'), { crew: says({}), happenings });
    expect([run.status, rounds(run, 'p')]).toEqual(['completed', ['reworked', 'passed']]);
    expect(run.view.phases[0]?.rounds[0]?.findings).toMatchObject({ person: { decision: 'rejected', by: 'ann', comment: 'too long' } });
    const failed = await simulate(gated(), { crew: says({}), happenings: happenings.slice(0, 1) });
    expect([failed.failure?.code, failed.error]).toEqual(['QUALITY_GATE_FAILED', expect.stringContaining('ann has rejected it')]);
  });
});

const loop = (more = '') =>
  loaded(
    `name: loop\nmode: sequential\nsteps:\n  - { id: build, type: phase, steps: [{ id: code, type: persona-request, persona: w }] }\n  - { id: review, type: phase, steps: [{ id: read, type: persona-request, persona: w }], feedback: { to: build, max: 2, findings: read.issues, escalate: { to: ann${more} } } }\n`,
  );

const stubborn = says({ read: [{ status: 'fail', issues: ['x'] }] });
const cured = says({ read: [1, 1, 2].map((issue, at) => ({ status: at === 2 ? 'pass' : 'fail', issues: [issue] })) });

describe('people who are asked when work cannot go back any more', () => {
  test.each([
    ['more', 'completed', ['sent_back', 'sent_back', 'passed'], cured],
    ['go_on', 'completed', ['sent_back', 'continued'], stubborn],
    ['fail', 'failed', ['sent_back', 'failed'], stubborn],
  ] as const)('say %s, and that is done', async (next, status, results, crew) => {
    const values = next === 'more' ? { next, rounds: 2 } : { next };
    const run = await simulate(loop(), { crew, happenings: [answer(50, '(feedback)/review', { decision: 'edit', values })] });
    expect([run.status, rounds(run, 'review')]).toEqual([status, results]);
    if (status === 'failed') expect(run.failure?.code).toBe('FEEDBACK_STALLED');
    expect(leftovers(foldJournal('simulation', run.workflow, run.journal))).toEqual({});
  });

  test('are asked when the rounds are used up, too, and grant no more than they say', async () => {
    let found = 0;
    const restless = {
      personas: {
        '*': ({ task: { step } }: { task: { step: string } }) => (step === 'read' ? { status: 'fail', issues: ++found } : 'done'),
      },
    };
    const happenings = [answer(50, '(feedback)/review', { decision: 'approve' }), answer(90, '(feedback)/review', { decision: 'reject' })];
    const run = await simulate(loop(), { crew: restless, happenings });
    expect([run.failure?.code, rounds(run, 'review')]).toEqual(['MAX_FEEDBACK_LOOPS', ['sent_back', 'sent_back', 'sent_back', 'failed']]);
  });

  test('who say nothing in time leave it to the gate; a run that is cancelled meanwhile asks nobody any more', async () => {
    const late = await simulate(loop(', timeout: 1h'), { crew: stubborn });
    expect([late.failure?.code, late.makespanMs]).toEqual(['FEEDBACK_STALLED', 3_600_000]);
    const waiting = await simulate(loop(), { crew: stubborn });
    expect([waiting.status, waiting.view.steps.find(({ path }) => path === '(feedback)/review')?.question?.people]).toEqual([
      'waiting',
      ['ann'],
    ]);
    const cancelled = await simulate(loop(), { crew: stubborn, happenings: [{ at: 50, do: 'cancel' }] });
    expect([cancelled.status, leftovers(foldJournal('simulation', cancelled.workflow, cancelled.journal))]).toEqual(['cancelled', {}]);
  });
});
