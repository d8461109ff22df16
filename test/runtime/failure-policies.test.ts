import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fail } from '../../src/actors/answer.ts';
import type { Work } from '../../src/actors/function-agent.ts';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { FailurePolicy } from '../../src/definition/joining.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Step, Workflow } from '../../src/definition/workflow.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunEvent } from '../../src/runtime/run-event.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { everyInside, type GroupPolicy, type ModelOutcome, type ModelStep, modelFailures } from './failure-model.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { takeOver } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 10_000 : 200;

const policies = fc.constantFrom<FailurePolicy>('continue', 'stop', 'best_effort');
const own = fc.option(policies, { nil: null });
const groupPolicy = fc.option(fc.constantFrom<GroupPolicy>('continue', 'stop', 'best_effort', 'settle', 'fail_fast'), { nil: null });

interface Draft {
  readonly takes: number;
  readonly succeeds: boolean;
  readonly own: FailurePolicy | null;
  readonly policy: GroupPolicy | null;
  readonly after: readonly number[];
  readonly members: readonly Draft[];
}

const { draft } = fc.letrec<{ draft: Draft }>((tie) => ({
  draft: fc.record({
    takes: fc.nat(5),
    succeeds: fc.integer({ min: 0, max: 2 }).map((n) => n > 0),
    own,
    policy: groupPolicy,
    after: fc.array(fc.nat(3), { maxLength: 2 }),
    members: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(tie('draft'), { minLength: 1, maxLength: 4 }) },
    ),
  }),
}));

/** Each task adds a power of two of its own to how long it takes, so that no two of them end at the same moment. */
function stepsOf(drafts: readonly Draft[], numbers = { next: 0 }): ModelStep[] {
  return drafts.map(({ takes, succeeds, own: said, policy, after, members }, place): ModelStep => {
    const common = { id: `s${numbers.next}`, after: [...new Set(after.filter((other) => other < place))] };
    if (members.length === 0) return { ...common, kind: 'task', takes: takes * 2 ** 20 + 2 ** (numbers.next++ % 20), succeeds, own: said };
    numbers.next++;
    return { ...common, kind: 'group', policy, steps: stepsOf(members, numbers) };
  });
}

const graphs = fc.array(draft, { minLength: 1, maxLength: 5 }).map((drafts) => stepsOf(drafts));

function written(steps: readonly ModelStep[]): Step[] {
  return steps.map((step): Step => {
    const dependencies = step.after.map((place) => steps[place]?.id ?? '');
    if (step.kind === 'task') return task(step.id, { dependencies, ...(step.own === null ? {} : { onFailure: step.own }) });
    return {
      ...{ kind: 'group', id: step.id, name: step.id, type: 'group', dependencies, mode: 'graph', waitFor: 'all' },
      ...(step.policy === null ? {} : { onFailure: step.policy }),
      steps: written(step.steps),
    };
  });
}

const scriptOf = (steps: readonly ModelStep[]) =>
  Object.fromEntries(
    [...everyInside(steps)].flatMap((step) =>
      step.kind === 'task' ? [[step.id, [step.succeeds ? { after: step.takes, output: 1 } : { after: step.takes, fail: 'no' }]]] : [],
    ),
  );

const playOf = (steps: readonly ModelStep[], onFailure: FailurePolicy) => ({
  workflow: workflowOf(written(steps), { onFailure }),
  script: scriptOf(steps),
  maxConcurrency: 100,
});

const perform = ({ workflow, script, maxConcurrency }: ReturnType<typeof playOf>) =>
  simulate(workflow, { crew: { stepTypes: { work: scriptedAgent('player', script) } }, maxConcurrency });

const inWords = (outcome: string | null): ModelOutcome | string =>
  outcome === 'skipped' || outcome === 'cancelled' ? 'ended' : (outcome ?? 'open');

const ends = (view: RunView) => new Map(view.steps.map(({ path, outcome }) => [path, inWords(outcome)]));

describe('graphs whose steps and groups say what their failures mean', () => {
  test('end as the reference model says: every step, the whole, and when', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, policies, async (steps, onFailure) => {
        const model = modelFailures(steps, null, onFailure);
        const end = await perform(playOf(steps, onFailure));
        expect({ outcome: end.status, at: end.makespanMs, steps: ends(end.view) }).toEqual(model);
      }),
      { numRuns: RUNS },
    );
  });

  test('leave nothing live, and best_effort fails nothing, wherever their host dies', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, policies, fc.nat(), fc.nat(1e6), async (steps, onFailure, point, pauseMs) => {
        const play = playOf(steps, onFailure);
        const whole = await perform(play);
        const log = { begun: [], answered: new Set<string>() };
        const { view, journal } = await takeOver(play, whole, { cut: 1 + (point % whole.journal.length), pauseMs }, log);
        expect(leftovers(foldJournal('simulation', whole.workflow, journal))).toEqual({});
        const outcomes = ends(view);
        for (const step of everyInside(steps)) {
          expect([step.id, outcomes.get(step.id)]).toEqual([step.id, expect.stringMatching(/^(completed|failed|ended)$/)]);
          if (step.kind === 'group' && step.policy === 'best_effort') expect(outcomes.get(step.id)).not.toBe('failed');
        }
        if (onFailure === 'best_effort') expect(view.status).toBe('completed');
        if (steps.every((step) => step.kind === 'task' && step.own === 'best_effort')) expect(view.status).toBe('completed');
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a failure', () => {
  const load = (text: string): Workflow => {
    const { workflow, diagnostics } = loadWorkflowSync(text);
    if (workflow === null) throw new Error(JSON.stringify(diagnostics));
    return workflow;
  };
  const run = (steps: string, fails: readonly string[], more = '') => {
    const script = Object.fromEntries(fails.map((id) => [id, { after: 10, fail: 'no' }]));
    const crew = { personas: { '*': scriptedAgent('player', { ...script, '*': { after: 20, output: 1 } }) } };
    return simulate(load(`name: t\n${more}\nsteps:\n${steps}`), { crew });
  };
  const step = (id: string, more = '') => `  - {id: ${id}, type: persona-request, persona: p${more}}\n`;

  test('of a step that stops ends the rest of its group alone', async () => {
    const inner = `  - id: g\n    type: parallel\n    steps:\n    ${step('a', ', on_failure: stop').trimStart()}  ${step('b')}`;
    const end = await run(`${inner}${step('c')}`, ['a']);
    expect(end.history).toEqual([
      ['a', 'failed'],
      ['b', 'cancelled'],
      ['g', 'failed'],
      ['c', 'completed'],
    ]);
    expect(end.view.steps.find(({ path }) => path === 'b')?.why).toBe('a failed, which ends its group');
  });

  test('that is to be made the best of lets those run that wait for the step, and the run completes', async () => {
    const end = await run(step('a', ', on_failure: best_effort') + step('b', ', dependencies: a, params: {saw: "{{ steps.a ?? null }}"}'), [
      'a',
    ]);
    expect([end.status, end.history]).toEqual([
      'completed',
      [
        ['a', 'failed'],
        ['b', 'completed'],
      ],
    ]);
  });

  test('of a step that continues does not end a workflow that stops', async () => {
    const end = await run(step('a', ', on_failure: continue') + step('b'), ['a'], 'on_failure: stop');
    expect([end.status, end.history]).toEqual([
      'failed',
      [
        ['a', 'failed'],
        ['b', 'completed'],
      ],
    ]);
  });

  test('is inherited from the group around by groups, branches and nested groups that say nothing', async () => {
    const inner =
      '- {id: h, type: parallel, steps: [{id: a, type: persona-request, persona: p}, {id: b, type: persona-request, persona: p, dependencies: a}]}';
    const end = await run(`  - {id: g, type: group, on_failure: best_effort, steps: [${inner.slice(2)}]}\n`, ['a']);
    expect([end.status, end.history]).toEqual([
      'completed',
      [
        ['a', 'failed'],
        ['b', 'completed'],
        ['h', 'completed'],
        ['g', 'completed'],
      ],
    ]);
  });

  test.each([
    ['stop', 'failed', ['failed', 'cancelled', 'failed']],
    ['continue', 'failed', ['failed', 'completed', 'failed']],
    ['best_effort', 'completed', ['failed', 'completed', 'completed']],
  ])('in a map that says %s', async (policy, status, outcomes) => {
    const map = `  - {id: m, type: map, over: "[1, 2]", on_failure: ${policy}, steps: [{id: a, type: persona-request, persona: p, params: {n: "{{ item }}"}}]}\n`;
    const fails = { 'm[0]/a': { after: 10, fail: 'no' } };
    const crew = { personas: { '*': scriptedAgent('player', { ...fails, '*': { after: 20, output: 1 } }) } };
    const end = await simulate(load(`name: t\nsteps:\n${map}`), { crew });
    const of = (path: string) => end.view.steps.find((each) => each.path === path)?.outcome;
    expect([end.status, [of('m[0]/a'), of('m[1]/a'), of('m')]]).toEqual([status, outcomes]);
    if (status === 'completed') expect(end.outputs).toEqual({ m: [null, 1] });
  });

  test.each([
    ['stop', 'failed', ['failed', 'cancelled', 'failed']],
    ['best_effort', 'completed', ['failed', 'completed', 'completed']],
  ])('in a branch that says %s', async (policy, status, outcomes) => {
    const choice = `  - {id: q, type: conditional, condition: "true", on_failure: ${policy}, then_steps: [{id: a, type: persona-request, persona: p}, {id: b, type: persona-request, persona: p}]}\n`;
    const end = await run(choice, ['a']);
    const of = (path: string) => end.view.steps.find((each) => each.path === path)?.outcome;
    expect([end.status, [of('a'), of('b'), of('q')]]).toEqual([status, outcomes]);
  });

  test('in a nested workflow means what the step says that holds it', async () => {
    const nested = load(
      'name: inner\non_failure: continue\nsteps:\n  - {id: a, type: persona-request, persona: p}\n  - {id: b, type: persona-request, persona: p}\n',
    );
    for (const [policy, status] of [
      ['best_effort', 'completed'],
      ['stop', 'failed'],
    ] as const) {
      const holder: Step = {
        kind: 'workflow',
        id: 'n',
        name: 'n',
        type: 'workflow',
        dependencies: [],
        ref: 'inner',
        inputs: {},
        workflow: nested,
        onFailure: policy,
      };
      const crew = { personas: { '*': scriptedAgent('player', { 'n/a': { after: 10, fail: 'no' }, '*': { after: 20, output: 1 } }) } };
      const end = await simulate(workflowOf([holder]), { crew });
      expect([end.status, end.view.steps.find(({ path }) => path === 'n/b')?.outcome]).toEqual([
        status,
        policy === 'stop' ? 'cancelled' : 'completed',
      ]);
    }
  });
});

describe('the class of a failure', () => {
  test('is told with it, and stands in the view: of attempts that are tried again, and of steps that have failed', async () => {
    const flaky = task('flaky', { retry: { delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 0, on: 'failure', retries: 1 } });
    const work = ({ task: { step, attempt } }: Work) => {
      if (step === 'calm') return 1;
      if (attempt === 1) throw new Error('it broke');
      return fail('it is not there', { status: 503 });
    };
    const told: unknown[] = [];
    const onEvent = (event: RunEvent) => {
      if ((event.type === 'step.retrying' || event.type === 'step.settled') && event.failure !== null)
        told.push([event.type, event.step, event.failure.kind, event.failure.severity]);
    };
    const end = await simulate(workflowOf([flaky, task('calm')]), { crew: { stepTypes: { work } }, onEvent });
    expect(told).toEqual([
      ['step.retrying', 'flaky', 'agent.error', 'high'],
      ['step.settled', 'flaky', 'external.service_failure', 'medium'],
    ]);
    expect(end.view.steps.map(({ path, failure }) => [path, failure?.kind ?? null])).toEqual([
      ['flaky', 'external.service_failure'],
      ['calm', null],
    ]);
  });
});
