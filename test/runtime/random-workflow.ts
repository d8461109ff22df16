/** Random workflows and random crews for whole-run laws. */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import type { FailurePolicy, Step } from '../../src/definition/workflow.ts';
import type { Play } from './play.ts';
import { coordinated } from './random-coordination.ts';

export type { Play };

interface Draft {
  readonly kind: 'task' | 'task' | 'variables' | 'group' | 'choice';
  readonly waitsFor: readonly number[];
  readonly retries: number;
  readonly timeoutMs: number | null;
  readonly condition: 'none' | 'true' | 'false';
  readonly mode: 'parallel' | 'sequential' | 'graph';
  readonly takesFirst: boolean;
  readonly members: readonly Leaf[];
  readonly onFailure: FailurePolicy | undefined;
}

interface Leaf {
  readonly retries: number;
  readonly answers: readonly ScriptedAnswer[];
}

const answers: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 4000 }).map((after) => ({ after, output: { took: after } })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2000 }).map((after) => ({ after, fail: 'it did not work' })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2000 }).map((after) => ({ after, throw: 'it broke' })) },
);

const leaf: fc.Arbitrary<Leaf> = fc.record({
  retries: fc.integer({ min: 0, max: 2 }),
  answers: fc.array(answers, { minLength: 1, maxLength: 3 }),
});

const draft: fc.Arbitrary<Draft & Leaf> = fc.record({
  kind: fc.constantFrom('task' as const, 'task' as const, 'task' as const, 'variables' as const, 'group' as const, 'choice' as const),
  waitsFor: fc.array(fc.nat(11), { maxLength: 3 }),
  retries: fc.integer({ min: 0, max: 2 }),
  timeoutMs: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: null }),
  condition: fc.constantFrom('none' as const, 'none' as const, 'true' as const, 'false' as const),
  mode: fc.constantFrom('parallel' as const, 'sequential' as const, 'graph' as const),
  takesFirst: fc.boolean(),
  members: fc.array(leaf, { minLength: 1, maxLength: 4 }),
  onFailure: fc.constantFrom<FailurePolicy | undefined>(undefined, undefined, undefined, 'continue', 'stop', 'best_effort'),
  answers: fc.array(answers, { minLength: 1, maxLength: 3 }),
});

/**
 * Plays of all kinds, half of them of steps that meet, merge and disagree. `anyJoins`: whether how they end may depend on time, as where
 * groups are joined by their first success.
 */
export function plays(options: { readonly anyJoins: boolean }): fc.Arbitrary<Play> {
  return fc.oneof(plainPlays(options), coordinated({ steady: !options.anyJoins }));
}

/** Plays of tasks, variables, groups and branches, whose steps run once. */
export function plainPlays(options: { readonly anyJoins: boolean }): fc.Arbitrary<Play> {
  return fc
    .record({
      drafts: fc.array(draft, { minLength: 1, maxLength: 9 }),
      onFailure: fc.constantFrom<FailurePolicy>('continue', 'stop', 'best_effort'),
      onSkip: fc.constantFrom('satisfy' as const, 'propagate' as const),
      handlers: fc.boolean(),
      maxConcurrency: fc.integer({ min: 1, max: 5 }),
    })
    .map(({ drafts, onFailure, onSkip, handlers, maxConcurrency }) => {
      const script: Record<string, readonly ScriptedAnswer[]> = {};
      const steps = drafts.map((one, i) => stepOf(one, i, script, options.anyJoins));
      const handler: Step = { ...base('note'), kind: 'task', params: {} };
      script.note = [{ output: 'noted' }];
      return {
        script,
        maxConcurrency,
        workflow: {
          name: 'random',
          dialect: 'native',
          variables: {},
          steps,
          mode: 'graph',
          onFailure,
          onSkip,
          onStepFailure: [],
          onWorkflowFailure: handlers ? [handler] : [],
        },
      };
    });
}

const base = (id: string) => ({ id, name: id, type: 'work', dependencies: [] as readonly string[] });

function task(id: string, { retries, answers: given }: Leaf, script: Record<string, readonly ScriptedAnswer[]>): Step {
  script[id] = given;
  return { ...base(id), kind: 'task', params: { of: id }, retry: { ...RETRY_SHAPE, retries } };
}

function stepOf(one: Draft & Leaf, i: number, script: Record<string, readonly ScriptedAnswer[]>, anyJoins: boolean): Step {
  const id = `s${i}`;
  const common = {
    dependencies: [...new Set(one.waitsFor.filter((other) => other < i).map((other) => `s${other}`))],
    ...(one.condition === 'none' ? {} : { condition: one.condition }),
    ...(one.onFailure === undefined || (one.onFailure === 'stop' && !anyJoins) ? {} : { onFailure: one.onFailure }),
  };
  const members = one.members.map((member, k) => task(`${id}m${k}`, member, script));
  if (one.kind === 'variables') return { ...base(id), ...common, kind: 'variables', set: { [`${id}v`]: i } };
  if (one.kind === 'group') {
    return { ...base(id), ...common, kind: 'group', mode: one.mode, waitFor: anyJoins && one.takesFirst ? 'any' : 'all', steps: members };
  }
  if (one.kind === 'choice') {
    return { ...base(id), ...common, kind: 'choice', when: String(one.takesFirst), then: members.slice(0, 2), otherwise: members.slice(2) };
  }
  return { ...task(id, one, script), ...common, ...(one.timeoutMs === null ? {} : { timeout: one.timeoutMs }) } as Step;
}
