import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { leftovers } from './leftovers.ts';
import type { Play } from './play.ts';
import { type EffectLog, takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 40;

const nobody = (): EffectLog => ({ begun: [], answered: new Set() });

/** A build, its review, and what depends on the review. */
const reviewed = (review: string, more = '') =>
  loaded(`
name: reviewed
steps:
  - { id: build, type: phase, steps: [{ id: code, type: persona-request, persona: p, params: { found: "{{ feedback }}" } }] }
  - { id: read, ${review}, dependencies: build }
  - { id: ship, type: persona-request, persona: p, dependencies: [read] }
${more}`);

const PERSONA = 'type: persona-request, persona: code-reviewer';

const said = (status: string, issues: number): ScriptedAnswer => ({ output: { status, issues } });

const run = (workflow: Play['workflow'], script: Play['script'], more = {}) =>
  simulate(workflow, { crew: watchedCrew({ workflow, script, maxConcurrency: 4 }, nobody()), ...more });

const attempts = ({ journal }: Awaited<ReturnType<typeof run>>, step: string) =>
  journal.filter(({ fact }) => fact.type === 'task.completed' && fact.step === step).length;

const OK: Play['script'] = { '*': { output: { status: 'pass' } } as never };

describe('a step that sends work back by itself', () => {
  test('is done again with the phase that it goes to, and is seen as it said last', async () => {
    const workflow = reviewed(`${PERSONA}, feedback: { to: build, findings: read.issues }`);
    const ran = await run(workflow, { ...OK, read: [said('fail', 2), said('fail', 1), said('pass', 0)] });
    expect([ran.status, attempts(ran, 'code'), attempts(ran, 'read'), attempts(ran, 'ship')]).toEqual(['completed', 3, 3, 1]);
    expect(ran.view.outputs).toMatchObject({ read: { status: 'pass', issues: 0 }, 'read.feedback': { status: 'pass', issues: 0 } });
    const rounds = ran.view.phases.find(({ path }) => path === 'read.feedback')?.rounds;
    expect(rounds?.map(({ result, findings }) => [result, findings])).toEqual([
      ['sent_back', 2],
      ['sent_back', 1],
      ['passed', null],
    ]);
  });

  test('fails with what it may no longer do, and keeps what it has said', async () => {
    const workflow = reviewed(`${PERSONA}, feedback: { to: build, max: 1, findings: read.issues }`);
    const ran = await run(workflow, { ...OK, read: [said('fail', 2), said('fail', 1)] });
    expect([ran.status, ran.failure?.code, attempts(ran, 'ship')]).toEqual(['failed', 'MAX_FEEDBACK_LOOPS', 0]);
    const same = await run(workflow, { ...OK, read: [said('fail', 2)] });
    expect([same.failure?.code, attempts(same, 'code')]).toEqual(['FEEDBACK_STALLED', 2]);
  });

  test('goes by its condition, where it has one, and by nothing where it has not completed', async () => {
    const workflow = reviewed(
      `type: persona-request, persona: checker, feedback: { to: build, when: "steps.read.issues > 1", findings: read.issues }`,
    );
    const ran = await run(workflow, { ...OK, read: [said('fail', 3), said('fail', 1)] });
    expect([ran.status, attempts(ran, 'code')]).toEqual(['completed', 2]);
    const broken = await run(reviewed(`${PERSONA}, feedback: { to: build }`), { ...OK, read: [{ fail: 'no' }] });
    expect([broken.status, broken.failure?.code, attempts(broken, 'code')]).toEqual(['failed', 'AGENT_FAILED', 1]);
    const spared = await run(reviewed(`${PERSONA}, on_failure: best_effort, feedback: { to: build }`), { ...OK, read: [{ fail: 'no' }] });
    expect([spared.status, attempts(spared, 'ship')]).toEqual(['completed', 1]);
    const left = await run(reviewed(`${PERSONA}, condition: "false", feedback: { to: build }`), OK);
    expect([left.status, left.history]).toEqual(['completed', expect.arrayContaining([['read.feedback', 'skipped']])]);
  });

  test('may be a vote', async () => {
    const workflow = reviewed('type: vote, personas: [p, q, r], choice: status, feedback: { to: build }');
    const no: ScriptedAnswer = { output: { status: 'fail' } };
    const yes: ScriptedAnswer = { output: { status: 'pass' } };
    const ran = await run(workflow, { ...OK, 'read.1': [no, yes], 'read.2': [no, yes], 'read.3': [yes] });
    expect([ran.status, attempts(ran, 'code'), attempts(ran, 'read.3')]).toEqual(['completed', 2, 2]);
    expect(ran.view.outputs).toMatchObject({ read: { choice: 'pass' } });
  });

  test('may have somebody stand in for it, and a handler for its failures', async () => {
    const other = `  - { id: other, ${PERSONA} }
  - { id: told, type: sync-point, members: [read] }
`;
    const workflow = reviewed(`${PERSONA}, fallback: other, feedback: { to: build, max: 0 }`, other);
    const ran = await run(workflow, { ...OK, read: [{ fail: 'no' }], other: [said('pass', 7)] });
    expect([ran.status, attempts(ran, 'ship')]).toEqual(['completed', 1]);
    expect(ran.view.outputs).toMatchObject({ read: { issues: 7 } });
    const handled = `failure_handling:
  on_step_failure: [{ id: mourn, type: persona-request, persona: p, for: read }]
`;
    const spent = await run(reviewed(`${PERSONA}, feedback: { to: build, max: 0 }`, handled), { ...OK, read: [{ fail: 'no' }] });
    expect([spent.status, attempts(spent, 'mourn')]).toEqual(['failed', 1]);
    const stalled = await run(reviewed(`${PERSONA}, feedback: { to: build }`, handled), { ...OK, read: [said('fail', 1)] });
    expect([stalled.status, attempts(stalled, 'code'), attempts(stalled, 'mourn')]).toEqual(['failed', 2, 1]);
  });

  test('goes on as it would have, keeps to its bound and leaves nothing, wherever its host dies', async () => {
    const answers = fc.array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc
            .record({ status: fc.constantFrom('fail', 'fail', 'pass'), issues: fc.nat({ max: 2 }) })
            .map((output) => ({ output })),
        },
        fc.constant<ScriptedAnswer>({ fail: 'no' }),
      ),
      { minLength: 1, maxLength: 4 },
    );
    const shapes = fc.constantFrom('', ', when: "steps.read.issues > 0"', ', findings: read.issues', ', take_back: true');
    const steps = fc.constantFrom(
      PERSONA,
      `${PERSONA}, retries: 1`,
      `${PERSONA}, fallback: other`,
      'type: persona-request, persona: checker, on_failure: best_effort',
    );
    await fc.assert(
      fc.asyncProperty(answers, shapes, steps, fc.nat({ max: 2 }), fc.nat(), async (read, shape, step, max, point) => {
        const more = step.includes('other') ? `  - { id: other, ${PERSONA} }\n` : '';
        const workflow = reviewed(`${step}, feedback: { to: build, max: ${max}${shape} }`, more);
        const play: Play = { workflow, script: { ...OK, read: read as ScriptedAnswer[] }, maxConcurrency: 2 };
        const whole = await run(workflow, play.script);
        const sent = whole.view.phases.flatMap(({ rounds }) => rounds.filter(({ result }) => result === 'sent_back'));
        expect(sent.length).toBeLessThanOrEqual(max);
        expect(leftovers(foldJournal('simulation', whole.workflow, whole.journal))).toEqual({});
        const { view } = await takeOver(play, whole, { cut: 1 + (point % whole.journal.length), pauseMs: 0 }, nobody());
        expect([view.status, view.outputs]).toEqual([whole.view.status, whole.view.outputs]);
      }),
      { numRuns: RUNS },
    );
  });
});
