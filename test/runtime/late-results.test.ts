import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupFailurePolicy, WaitFor } from '../../src/definition/joining.ts';
import type { GroupStep } from '../../src/definition/workflow.ts';
import { blueprintOf } from '../../src/planning/draw-blueprint.ts';
import type { Fact, RunStarted } from '../../src/protocol/facts.ts';
import type { Task } from '../../src/protocol/task.ts';
import { intentOf } from '../../src/runtime/intent.ts';
import { Run } from '../../src/runtime/run.ts';
import { viewOf } from '../../src/runtime/run-view.ts';
import { type Simulation, simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';
import { type Play, plays } from './random-workflow.ts';
import { watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 5_000 : 100;

const perform = (play: Play) =>
  simulate(play.workflow, { crew: watchedCrew(play, { begun: [], answered: new Set() }), maxConcurrency: play.maxConcurrency });

/** Everything of a run that a result could have changed. */
function marks(run: Run) {
  const { lateFacts: _, updatedAt: __, checkpoints, ...rest } = viewOf(run, 0, 0);
  // After which fact a checkpoint was passed counts those that came late, too.
  const view = { ...rest, checkpoints: checkpoints.map(({ fact: _, ...passing }) => passing) };
  const scopes = [...run.state.scopes].map(([prefix, { steps, variables, cell }]) => [prefix, steps, variables, cell?.current.keys]);
  return { view, scopes, inFlight: [...run.state.inFlight.keys()], due: run.nextDue() };
}

const started = ({ journal, workflow }: Simulation) => new Run('simulation', blueprintOf(workflow), journal[0]?.fact as RunStarted);

/** What an attempt that is over might still come with. */
const lateFact = (kind: number, { step, attempt, context }: Task, at: number): Fact =>
  kind === 0
    ? { type: 'task.failed', at, step, attempt, error: { code: 'AGENT_FAILED', message: 'late' }, thrown: true }
    : {
        type: 'task.completed',
        at,
        step,
        attempt,
        output: 'late',
        variables: { late: true },
        writes: Object.fromEntries((context?.writable ?? []).map((key) => [key, 'late'])),
      };

describe('a result of an attempt that is over', () => {
  test('changes nothing, whenever it comes and whatever it brings; it is counted', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), async (play, picks) => {
        const whole = await perform(play);
        const [plain, disturbed] = [started(whole), started(whole)];
        const tasks: Task[] = [];
        let late = 0;
        whole.journal.forEach(({ fact }, n) => {
          const effects = plain.deliver(fact);
          expect(disturbed.deliver(fact).map(intentOf)).toEqual(effects.map(intentOf));
          for (const effect of effects) if (effect.type === 'task.start') tasks.push(effect.task);
          const over = tasks.filter(({ step, attempt }) => !plain.state.inFlight.has(`${step}#${attempt}`));
          const picked = over[(picks[n % picks.length] ?? 0) % Math.max(1, over.length)];
          if (picked === undefined) return;
          late++;
          expect(disturbed.deliver(lateFact(n % 3, picked, fact.at))).toEqual([]);
          expect(marks(disturbed)).toEqual(marks(plain));
        });
        expect(disturbed.state.lateFacts - plain.state.lateFacts).toBe(late);
      }),
      { numRuns: RUNS },
    );
  });

  const panel = (waitFor: WaitFor, more: Partial<GroupStep> = {}): GroupStep => ({
    kind: 'group',
    id: 'panel',
    name: 'panel',
    type: 'parallel',
    dependencies: [],
    mode: 'parallel',
    waitFor,
    steps: ['a', 'b', 'c'].map((id) => task(id, { writes: ['log'] })),
    ...more,
  });

  /** A run of the panel alone, and what it is told. */
  function seated(group: GroupStep) {
    const start: RunStarted = {
      type: 'run.started',
      at: 0,
      format: 2,
      workflow: 'tested',
      definition: '',
      input: {},
      variables: {},
      seed: 1,
      maxConcurrency: null,
    };
    const run = new Run('run', blueprintOf(workflowOf([group], { shared: { log: [] } })), start);
    const tell = (fact: Fact) =>
      run
        .deliver(fact)
        .map(intentOf)
        .map(([kind, id]) => `${kind} ${id}`);
    const answer = (step: string, attempt: number, at: number): Fact => ({
      type: 'task.completed',
      at,
      step,
      attempt,
      output: `${step}${attempt}`,
      writes: { log: [step] },
    });
    tell(start);
    return { run, tell, answer, log: () => run.state.root.cell?.current.keys.log?.value };
  }

  test.each<[WaitFor, Partial<GroupStep>]>([
    ['any', {}],
    ['quorum', { quorum: 1 }],
  ])('of a loser of `%s` is not applied', (waitFor, more) => {
    const { run, tell, answer, log } = seated(panel(waitFor, more));
    expect(tell(answer('b', 1, 10))).toEqual(['task.cancel a#1', 'task.cancel c#1', 'run.end completed']);
    expect(tell(answer('a', 1, 20))).toEqual([]);
    expect([run.ended?.outputs, log(), run.state.lateFacts]).toEqual([{ b: 'b1', panel: { b: 'b1' } }, ['b'], 1]);
  });

  test('after the deadline of its group is not applied', () => {
    const { run, tell, answer, log } = seated(panel('deadline', { deadline: 100 }));
    tell(answer('b', 1, 10));
    expect(tell(answer('a', 1, 150))).toEqual(['task.cancel a#1', 'task.cancel c#1', 'run.end completed']);
    expect([run.ended?.outputs, log(), run.state.lateFacts]).toEqual([{ b: 'b1', panel: { b: 'b1' } }, ['b'], 1]);
  });

  test('of the first life is not taken for one of the second', () => {
    const { run, tell, answer, log } = seated(panel('all', { onFailure: 'fall_back_sequential' satisfies GroupFailurePolicy }));
    tell(answer('a', 1, 5));
    const failed: Fact = {
      type: 'task.failed',
      at: 10,
      step: 'b',
      attempt: 1,
      error: { code: 'AGENT_FAILED', message: 'no' },
      thrown: false,
    };
    expect(tell(failed)).toEqual(['task.cancel c#1', 'task.start a#2']);
    expect([tell(answer('a', 1, 11)), tell(answer('c', 1, 12)), log()]).toEqual([[], [], []]);
    tell(answer('a', 2, 20));
    expect(tell(answer('c', 1, 21))).toEqual([]);
    tell(answer('b', 2, 30));
    tell(answer('c', 2, 40));
    expect(run.ended?.outputs).toMatchObject({ panel: { a: 'a2', b: 'b2', c: 'c2' } });
    expect([log(), run.state.lateFacts]).toEqual([['c'], 3]);
  });
});
