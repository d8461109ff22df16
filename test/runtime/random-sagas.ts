/** Random workflows whose steps can be undone, some of them, with what goes wrong in them: for the laws of sagas. */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import type { GroupFailurePolicy } from '../../src/definition/joining.ts';
import type { CompensationCause } from '../../src/definition/step-data.ts';
import type { Step, Workflow } from '../../src/definition/workflow.ts';
import type { Happening } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';
import type { Play } from './play.ts';

/** A play, and when it is cancelled, once or, with force, twice. */
export interface SagaPlay extends Play {
  readonly happenings: readonly Happening[];
}

interface Draft {
  readonly kind: 'task' | 'group' | 'workflow' | 'map' | 'choice';
  readonly undoable: boolean;
  readonly answers: readonly ScriptedAnswer[];
  readonly undoing: readonly ScriptedAnswer[];
  readonly follows: boolean;
  readonly mode: 'parallel' | 'sequential' | 'graph';
  readonly policy: GroupFailurePolicy | undefined;
  readonly causes: readonly CompensationCause[];
  readonly members: readonly Draft[];
}

const causes = fc.constantFrom<readonly CompensationCause[]>(['failure', 'cancel'], ['failure', 'cancel'], ['failure'], ['cancel'], []);
const works: fc.Arbitrary<ScriptedAnswer> = fc.integer({ min: 0, max: 400 }).map((after) => ({ after, output: { took: after } }));
const fails: fc.Arbitrary<ScriptedAnswer> = fc.integer({ min: 0, max: 400 }).map((after) => ({ after, fail: 'it did not work' }));
const answers = (failing: number) =>
  fc.array(fc.oneof({ weight: 10, arbitrary: works }, { weight: failing, arbitrary: fails }), { minLength: 1, maxLength: 2 });

function drafts(depth: number): fc.Arbitrary<readonly Draft[]> {
  return fc.array(
    fc.record({
      kind: fc.constantFrom<Draft['kind']>(
        'task',
        'task',
        'task',
        ...(depth === 0 ? [] : (['group', 'workflow', 'map', 'choice'] as const)),
      ),
      undoable: fc.constantFrom(true, true, false),
      answers: answers(2),
      undoing: answers(1),
      follows: fc.boolean(),
      mode: fc.constantFrom('parallel' as const, 'sequential' as const, 'graph' as const),
      policy: fc.constantFrom<GroupFailurePolicy | undefined>(undefined, 'settle', 'compensate', 'fail_fast'),
      causes,
      members: depth === 0 ? fc.constant([]) : drafts(depth - 1),
    }),
    { minLength: 1, maxLength: depth === 2 ? 5 : 3 },
  );
}

function stepsOf(all: readonly Draft[], prefix: string, script: Record<string, readonly ScriptedAnswer[]>): Step[] {
  return all.map((one, place) => {
    const id = `${prefix}${place}`;
    const dependencies = one.follows && place > 0 ? [`${prefix}${place - 1}`] : [];
    const base = { id, name: id, type: one.kind, dependencies };
    if (one.kind === 'task') {
      script[id] = one.answers;
      script[`(compensation)/${id}`] = one.undoing;
      const retry = { ...RETRY_SHAPE, retries: 1 };
      const compensate = { type: 'undo', params: { of: `{{ steps.${id} }}` }, retry };
      return task(id, { dependencies, retry, ...(one.undoable ? { compensate } : {}) });
    }
    const members = stepsOf(one.members, `${id}m`, script);
    if (one.kind === 'choice') return { ...base, kind: 'choice', when: String(one.undoable), then: members, otherwise: [] };
    if (one.kind === 'group') {
      const policy = one.policy === undefined ? {} : { onFailure: one.policy };
      return { ...base, kind: 'group', mode: one.mode, waitFor: 'all', steps: members, ...policy };
    }
    const inner: Workflow = workflowOf(members, { name: id });
    if (one.kind === 'map') return { ...base, kind: 'map', over: '[1, 2]', as: 'item', workflow: inner };
    return { ...base, kind: 'workflow', ref: id, workflow: { ...inner, compensateOn: one.causes }, inputs: {} };
  });
}

const moments: fc.Arbitrary<readonly Happening[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  fc.nat({ max: 1500 }).map((at): Happening[] => [{ at, do: 'cancel' }]),
  fc.tuple(fc.nat({ max: 1500 }), fc.nat({ max: 1500 })).map(([at, later]): Happening[] => [
    { at, do: 'cancel' },
    { at: at + later, do: 'cancel', force: true },
  ]),
);

/** Runs that fail or are cancelled at any moment, sometimes while they are being undone. */
export const sagaPlays: fc.Arbitrary<SagaPlay> = fc
  .record({
    drafts: drafts(2),
    causes,
    onFailure: fc.constantFrom('continue' as const, 'stop' as const, 'best_effort' as const),
    maxConcurrency: fc.integer({ min: 1, max: 4 }),
    happenings: moments,
  })
  .map(({ drafts: drawn, causes: compensateOn, onFailure, maxConcurrency, happenings }) => {
    const script: Record<string, readonly ScriptedAnswer[]> = {};
    const steps = stepsOf(drawn, 's', script);
    return { workflow: workflowOf(steps, { onFailure, compensateOn }), script, maxConcurrency, happenings };
  });
