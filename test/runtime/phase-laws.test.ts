import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { leftovers } from './leftovers.ts';
import type { Play } from './play.ts';
import { type EffectLog, takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 60;

/** Plan, build side by side, try and review: the build is reworked, the review sends back to the build or to the plan. */
const workflow = (policy: string, max: number, to: string) =>
  loaded(`
name: phased
mode: graph
steps:
  - { id: plan, type: phase, steps: [{ id: draw, type: persona-request, persona: p }] }
  - id: build
    type: phase
    dependencies: plan
    mode: parallel
    steps: [{ id: a, type: persona-request, persona: p, retries: 0 }, { id: b, type: persona-request, persona: p }]
    gate: { rate: 0.5, on_failure: ${policy}${policy === 'retry' || policy === 'rework' ? `, max: ${max}` : ''} }
  - { id: aside, type: persona-request, persona: p, dependencies: plan }
  - id: try
    type: phase
    dependencies: build
    steps: [{ id: run, type: persona-request, persona: p }, { id: note, type: variables, set: { seen: "{{ len(feedback) }}" }, dependencies: run }]
  - id: review
    type: phase
    dependencies: [try]
    steps: [{ id: read, type: persona-request, persona: p }]
    feedback: { to: ${to}, max: ${max}, findings: read.issues }
`);

const answer: fc.Arbitrary<ScriptedAnswer> = fc.record({ after: fc.constantFrom(0, 5, 20, 60), output: fc.constant('done') });
const work = fc.array(fc.oneof({ weight: 3, arbitrary: answer }, fc.constant<ScriptedAnswer>({ fail: 'no' })), {
  minLength: 1,
  maxLength: 3,
});
const reading = fc.array(
  fc.record({
    after: fc.constantFrom(0, 10),
    output: fc.record({ status: fc.constantFrom('fail', 'fail', 'pass'), issues: fc.constantFrom(1, 2, 3) }),
  }),
  { minLength: 1, maxLength: 5 },
);

const plays: fc.Arbitrary<Play & { readonly max: number }> = fc
  .record({
    policy: fc.constantFrom('stop', 'retry', 'rework', 'continue'),
    max: fc.nat({ max: 3 }),
    to: fc.constantFrom('plan', 'build'),
    script: fc.record({ draw: fc.tuple(answer), a: work, b: work, aside: fc.tuple(answer), run: fc.tuple(answer), read: reading }),
    maxConcurrency: fc.constantFrom(1, 2, 5),
  })
  .map(({ policy, max, to, script, maxConcurrency }) => ({ workflow: workflow(policy, max, to), script, maxConcurrency, max }));

const nobody = (): EffectLog => ({ begun: [], answered: new Set() });

const rounds = (view: RunView) =>
  view.phases.map(({ path, rounds: all }) => [path, all.map(({ result, counts, findings }) => ({ result, counts, findings }))]);

/** Two reviews side by side, which send work back on ways that cross; the group around them may be left at any time. */
const crossing = (max: number, onFailure: string) =>
  loaded(`
name: crossing
on_failure: ${onFailure}
steps:
  - { id: plan, type: phase, steps: [{ id: draw, type: persona-request, persona: p }] }
  - { id: build, type: phase, dependencies: plan, steps: [{ id: a, type: persona-request, persona: p }] }
  - { id: guide, type: phase, dependencies: plan, steps: [{ id: b, type: persona-request, persona: p }] }
  - id: review
    type: phase
    dependencies: build
    steps: [{ id: read, type: persona-request, persona: p }]
    feedback: { to: build, max: ${max}, findings: read.issues }
  - id: proof
    type: phase
    dependencies: [guide, build]
    steps: [{ id: look, type: persona-request, persona: p }]
    feedback: { to: plan, max: ${max}, findings: look.issues }
`);

const crossed = fc.record({
  workflow: fc.tuple(fc.nat({ max: 3 }), fc.constantFrom('continue', 'stop', 'best_effort')).map(([max, policy]) => crossing(max, policy)),
  script: fc.record({ draw: fc.tuple(answer), a: work, b: work, read: reading, look: reading }),
  maxConcurrency: fc.constantFrom(1, 2, 5),
});

describe('phases, whatever their members come to', () => {
  test('keep to their bounds, and a phase that has passed kept to its rate', async () => {
    await fc.assert(
      fc.asyncProperty(plays, async (play) => {
        const {
          view,
          workflow: ran,
          journal,
        } = await simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: play.maxConcurrency });
        expect(['completed', 'failed']).toContain(view.status);
        for (const { path, rounds: all } of view.phases) {
          const results = all.map(({ result }) => result);
          expect(results.filter((result) => result === 'sent_back').length).toBeLessThanOrEqual(play.max);
          expect(results.filter((result) => result === 'reworked').length).toBeLessThanOrEqual(play.max * (play.max + 1));
          expect(results.slice(0, -1)).not.toContain('failed');
          for (const { result, counts } of all) {
            if (path !== 'build' || result !== 'passed' || counts === null) continue;
            expect(counts.completed).toBeGreaterThanOrEqual((counts.completed + counts.failed) * 0.5);
          }
        }
        for (const step of view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(leftovers(foldJournal('simulation', ran, journal))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });

  test('go on as they would have when their host dies anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(plays, fc.nat(), async (play, point) => {
        const whole = await simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: play.maxConcurrency });
        const cut = 1 + (point % whole.journal.length);
        const log = nobody();
        const { view } = await takeOver(play, whole, { cut, pauseMs: 0 }, log);
        expect([view.status, view.outputs, rounds(view)]).toEqual([whole.view.status, whole.view.outputs, rounds(whole.view)]);
        for (const { fact } of whole.journal.slice(0, cut)) {
          if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('come to an end and leave nothing, also where ways cross and the run is cancelled on the way', async () => {
    await fc.assert(
      fc.asyncProperty(crossed, fc.option(fc.nat({ max: 200 })), async (play, at) => {
        const {
          status,
          workflow: ran,
          journal,
          view,
        } = await simulate(play.workflow, {
          crew: watchedCrew(play, nobody()),
          maxConcurrency: play.maxConcurrency,
          ...(at === null ? {} : { happenings: [{ at, do: 'cancel' }] }),
        });
        expect(status).not.toBe('waiting');
        for (const { path, rounds: all } of view.phases)
          expect([path, all.map(({ result }) => result)]).not.toEqual([path, expect.arrayContaining([null])]);
        expect(leftovers(foldJournal('simulation', ran, journal))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });
});
