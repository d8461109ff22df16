import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DependencyEdge } from '../../src/definition/step-data.ts';
import type { Step, TaskStep } from '../../src/definition/workflow.ts';
import type { StepOutcome } from '../../src/protocol/outcomes.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 5_000 : 200;

/** Where each of its dependencies comes from, and on what terms. */
type Edges = Readonly<Record<string, DependencyEdge | null>>;

const edged = (id: string, edges: Edges, more: Partial<TaskStep> = {}): Step =>
  task(id, {
    dependencies: Object.keys(edges),
    edges: Object.fromEntries(Object.entries(edges).flatMap(([from, edge]) => (edge === null ? [] : [[from, edge]]))),
    ...more,
  });

async function perform(steps: readonly Step[], onSkip: 'satisfy' | 'propagate' = 'satisfy', failing: readonly string[] = []) {
  const end = await simulate(workflowOf(steps, { onSkip }), {
    crew: {
      personas: {
        '*': ({ task: { step } }) => {
          if (failing.includes(step)) throw new Error('no');
          return { findings: [step], deep: { er: 1 } };
        },
      },
    },
  });
  const of = (path: string) => end.view.steps.find((step) => step.path === path);
  return { end, of, outcomes: Object.fromEntries(end.view.steps.map(({ path, outcome }) => [path, outcome])) };
}

describe('an edge', () => {
  test('that is soft is order only: what failed, was skipped or cancelled holds nobody up', async () => {
    const steps = [task('bad'), task('left', { condition: 'false' }), edged('next', { bad: { kind: 'soft' }, left: { kind: 'soft' } })];
    for (const onSkip of ['satisfy', 'propagate'] as const) {
      const { outcomes, end } = await perform(steps, onSkip, ['bad']);
      expect(outcomes).toEqual({ bad: 'failed', left: 'skipped', next: 'completed' });
      expect(end.history.at(-1)).toEqual(['next', 'completed']);
    }
  });

  test.each<[string, StepOutcome, string]>([
    ['steps.first.deep.er == 1', 'completed', ''],
    ['steps.first.deep.er > 1', 'skipped', 'no conditional edge was taken (from first)'],
    ['steps.first.nothing.there == 1', 'failed', 'condition of the edge from first'],
  ])('with the condition %s leaves its step %s', async (when, outcome, why) => {
    const { of } = await perform([task('first'), edged('next', { first: { kind: 'conditional', when } })]);
    expect([of('next')?.outcome, of('next')?.why?.includes(why) ?? why === '']).toEqual([outcome, true]);
    if (outcome === 'failed') expect(of('next')?.error?.code).toBe('CONDITION_FAILED');
  });

  test('that is conditional is not taken from a step that has not completed', async () => {
    const { outcomes } = await perform([task('bad'), edged('next', { bad: { kind: 'conditional' } })], 'satisfy', ['bad']);
    expect(outcomes.next).toBe('skipped');
  });

  test('needs one of the conditional ones, and all of the hard ones', async () => {
    const no: DependencyEdge = { kind: 'conditional', when: '2 < 1' };
    const yes: DependencyEdge = { kind: 'conditional', when: '1 < 2' };
    const { outcomes } = await perform([
      task('a'),
      task('b'),
      edged('either', { a: no, b: yes }),
      edged('neither', { a: no, b: no }),
      edged('mixed', { a: no, b: null }),
      edged('both', { a: yes, b: null }),
    ]);
    expect(outcomes).toMatchObject({ either: 'completed', neither: 'skipped', mixed: 'skipped', both: 'completed' });
  });

  test('that requires data names the source of what is missing', async () => {
    const { of } = await perform([
      task('first'),
      edged('has', { first: { kind: 'hard', data: ['findings', 'deep.er'] } }),
      edged('lacks', { first: { kind: 'hard', data: ['deep.er.most'] } }),
    ]);
    expect([of('has')?.outcome, of('lacks')?.error?.code]).toEqual(['completed', 'DATA_MISSING']);
    expect(of('lacks')?.error?.message).toMatch(/first/);
    expect(of('lacks')?.error?.message).toMatch(/deep\.er\.most/);
  });

  test('of a diamond whose one branch was left aside meets the other', async () => {
    const steps = [
      task('top'),
      edged('left', { top: { kind: 'conditional', when: '1 < 2' } }),
      edged('right', { top: { kind: 'conditional', when: '2 < 1' } }),
      edged('bottom', { left: { kind: 'conditional' }, right: { kind: 'conditional' } }),
      edged('plain', { left: null, right: null }),
    ];
    const satisfied = await perform(steps);
    expect(satisfied.outcomes).toMatchObject({ right: 'skipped', bottom: 'completed', plain: 'completed' });
    const propagated = await perform(steps, 'propagate');
    expect(propagated.outcomes).toMatchObject({ right: 'skipped', bottom: 'completed', plain: 'skipped' });
  });
});

describe('every graph of edges', () => {
  const kinds = ['plain', 'hard', 'soft', 'taken', 'untaken'] as const;
  const drafts = fc.array(
    fc.record({
      from: fc.array(fc.tuple(fc.nat(7), fc.constantFrom(...kinds)), { maxLength: 3 }),
      ends: fc.constantFrom('well', 'badly', 'skipped'),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const edgeOf = (kind: (typeof kinds)[number]): DependencyEdge | null => {
    if (kind === 'plain') return null;
    return kind === 'hard' || kind === 'soft' ? { kind } : { kind: 'conditional', when: kind === 'taken' ? '1 < 2' : '2 < 1' };
  };

  test('ends as the reference says: one line for each kind of edge', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, fc.constantFrom('satisfy' as const, 'propagate' as const), async (drawn, onSkip) => {
        const edges = drawn.map(({ from }, i) => new Map(from.filter(([other]) => other < i)));
        const steps = drawn.map(({ ends }, i) => {
          const own = Object.fromEntries([...(edges[i] ?? [])].map(([other, kind]) => [`s${other}`, edgeOf(kind)]));
          return edged(`s${i}`, own, ends === 'skipped' ? { condition: 'false' } : {});
        });
        const failing = drawn.flatMap(({ ends }, i) => (ends === 'badly' ? [`s${i}`] : []));
        // What blocks a step is handed on to those that depend on it, as long as they do so hard; a skip of its own is not, unless it propagates.
        const ended: StepOutcome[] = [];
        const isBlocked: boolean[] = [];
        drawn.forEach(({ ends }, i) => {
          const own = [...(edges[i] ?? [])];
          const blocks = (other: number) =>
            ended[other] === 'failed' || isBlocked[other] === true || (ended[other] === 'skipped' && onSkip === 'propagate');
          const blocked = own.some(([other, kind]) => (kind === 'plain' || kind === 'hard') && blocks(other));
          const conditional = own.filter(([, kind]) => kind === 'taken' || kind === 'untaken');
          const untaken = conditional.length > 0 && !conditional.some(([other, kind]) => kind === 'taken' && ended[other] === 'completed');
          isBlocked[i] = blocked;
          if (blocked || untaken || ends === 'skipped') ended[i] = 'skipped';
          else ended[i] = ends === 'well' ? 'completed' : 'failed';
        });
        const { outcomes } = await perform(steps, onSkip, failing);
        expect(Object.values(outcomes)).toEqual(ended);
      }),
      { numRuns: RUNS },
    );
  });
});
