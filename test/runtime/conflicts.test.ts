import { describe, expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { ConflictRung, ConflictSettings } from '../../src/definition/joining.ts';
import type { GroupStep, Step, TaskStep } from '../../src/definition/workflow.ts';
import type { CoordinationEvent } from '../../src/protocol/coordination.ts';
import type { Json } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type Happening, type SimulateOptions, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { sharedOf } from './witnesses.ts';

const SHARED = { title: 'old', map: { kept: 0 } };

/** Adds its path to the title, and to the map; how long it takes stands in its params. */
const writer: AgentFunction = async ({ task: { step, params, context }, sleep }) => {
  await sleep(Number(params.ms ?? 0));
  const { title, map } = context?.values ?? {};
  return completed(title, { writes: { title: `${title}+${step}`, map: { ...(map as object), [step]: 1 } } });
};

const writes = (id: string, ms = 0, more: Partial<TaskStep> = {}): TaskStep =>
  task(id, { params: { ms }, writes: ['title', 'map'], ...more });

interface Scene {
  readonly ladder: readonly ConflictRung[];
  readonly timeout?: number;
  readonly merger?: AgentFunction;
  readonly happenings?: readonly Happening[];
  readonly onFailure?: GroupStep['onFailure'];
}

async function perform(steps: readonly Step[], { ladder, timeout, merger, happenings = [] }: Scene) {
  const events: CoordinationEvent[] = [];
  const asked: Json[] = [];
  const conflicts: ConflictSettings = { ladder, persona: 'merger', guidance: 'keep both', ...(timeout === undefined ? {} : { timeout }) };
  const options: SimulateOptions = {
    crew: {
      personas: {
        '*': writer,
        merger: (work) => {
          asked.push(work.task.params);
          return merger?.(work) ?? null;
        },
      },
    },
    happenings,
    onEvent: (event) => {
      if (event.type === 'coordination') events.push(event.event);
    },
  };
  const end = await simulate(workflowOf(steps, { shared: SHARED, conflicts }), options);
  const run = foldJournal('simulation', end.workflow, end.journal);
  if (end.status !== 'waiting') expect(leftovers(run)).toEqual({});
  return { end, asked, events, shared: sharedOf(run), told: events.filter(({ type }) => type === 'conflict.detected') };
}

const group = (steps: readonly Step[], more: Partial<GroupStep> = {}): GroupStep => ({
  kind: 'group',
  id: 'g',
  name: 'g',
  type: 'parallel',
  dependencies: [],
  mode: 'parallel',
  waitFor: 'all',
  steps,
  ...more,
});

// The same two members side by side in a block, and at once in a graph where each counts as it ends.
const stages = [
  ['in a parallel block', () => [group([writes('a'), writes('b', 10)])], 'g', 'g'],
  ['in a graph', () => [writes('a'), writes('b', 10)], 'b', 'b'],
] as const;

describe.each(stages)('a conflict %s', (_, steps, contest, failed) => {
  test('is told, with the key, the place and both sides', async () => {
    const { told } = await perform(steps(), { ladder: ['rerun'] });
    expect(told[0]).toMatchObject({
      source: 'b',
      affected: ['b', 'a'],
      priority: 'high',
      data: { kind: 'write', keys: ['title'], places: [{ key: 'title', path: '', kind: 'scalar' }] },
    });
  });

  test('that nothing settles fails, says why, and lets nothing of it through', async () => {
    const { end, shared } = await perform(steps(), { ladder: ['automatic'] });
    expect([end.status, end.failedStep, end.failure?.code]).toEqual(['failed', failed, 'CONFLICT_UNRESOLVED']);
    expect(end.error).toContain('title');
    expect(shared.title).toBe(contest === 'g' ? 'old' : 'old+a');
  });

  test('is settled by the merge persona, who gets the base, both sides and the guidance', async () => {
    const { end, asked, shared } = await perform(steps(), {
      ladder: ['automatic', 'guided'],
      merger: () => ({ values: { title: 'both' } }),
    });
    expect([end.status, shared]).toEqual(['completed', { title: 'both', map: { kept: 0, a: 1, b: 1 } }]);
    expect(asked).toMatchObject([
      { guidance: 'keep both', conflicts: [{ key: 'title', base: 'old', theirs: 'old+a', ours: 'old+b', theirsBy: 'a', oursBy: 'b' }] },
    ]);
  });

  test.each([
    ['theirs', 'old+a'],
    ['ours', 'old+b'],
  ])('is settled by taking %s, of what is in conflict alone', async (take, title) => {
    const { shared } = await perform(steps(), { ladder: ['guided'], merger: () => ({ take }) });
    expect(shared).toEqual({ title, map: { kept: 0, a: 1, b: 1 } });
  });

  test.each<[string, AgentFunction, string]>([
    ['no map', () => 'both', 'is no map'],
    ['no values', () => ({ title: 'both' }), 'names no "values"'],
    ['values for other keys', () => ({ values: { map: {} } }), 'leaves out title'],
    [
      'nothing but a failure',
      () => {
        throw new Error('too hard');
      },
      'gave no answer: too hard',
    ],
  ])('goes up the ladder when the merge persona answers %s', async (_answer, merger, why) => {
    const vain = await perform(steps(), { ladder: ['guided'], merger });
    expect([vain.end.failure?.code, vain.end.error?.includes(why)]).toEqual(['CONFLICT_UNRESOLVED', true]);
    const rerun = await perform(steps(), { ladder: ['guided', 'rerun'], merger });
    expect([rerun.end.status, rerun.shared.title]).toEqual(['completed', 'old+a+b']);
  });

  test('goes up the ladder when the merge persona takes too long; its late answer changes nothing', async () => {
    const merger: AgentFunction = async ({ sleep }) => {
      await sleep(5000).catch(() => {});
      return { values: { title: 'too late' } };
    };
    const { end, shared } = await perform(steps(), { ladder: ['guided', 'rerun'], timeout: 1000, merger });
    expect([end.status, shared.title]).toEqual(['completed', 'old+a+b']);
  });

  test('is settled by running the loser again on what the other wrote', async () => {
    const { end, shared } = await perform(steps(), { ladder: ['automatic', 'rerun'] });
    expect([end.status, shared.title]).toEqual(['completed', 'old+a+b']);
    expect(end.outputs).toMatchObject({ a: 'old', b: 'old+a' });
    expect(end.view.steps.find(({ path }) => path === 'b')?.attempts).toBe(2);
  });

  test('is settled one after the other', async () => {
    const { end, shared } = await perform(steps(), { ladder: ['automatic', 'sequential'] });
    expect([end.status, shared.title]).toEqual(['completed', 'old+a+b']);
  });

  test('waits for a person as long as it takes, and says for which signal', async () => {
    const scene: Scene = { ladder: ['automatic', 'person'] };
    const { end } = await perform(steps(), scene);
    expect(end.status).toBe('waiting');
    expect(end.view.steps.flatMap(({ signal }) => signal ?? [])).toEqual([`${contest}.decision`]);
    const payload = { values: { title: 'as the person says' } };
    const decided = await perform(steps(), { ...scene, happenings: [{ at: 99_000, do: 'signal', name: `${contest}.decision`, payload }] });
    expect([decided.end.status, decided.shared.title, decided.end.makespanMs]).toEqual(['completed', 'as the person says', 99_000]);
  });

  test('is unresolved when the person does not answer in time', async () => {
    const { end } = await perform(steps(), { ladder: ['person'], timeout: 1000 });
    expect(end.failure?.code).toBe('CONFLICT_UNRESOLVED');
  });

  test('asks again when the answer of the person cannot be used, and says why', async () => {
    const nonsense = { at: 50, do: 'signal', name: `${contest}.decision`, payload: 'hm' } as const;
    const waiting = await perform(steps(), { ladder: ['person'], happenings: [nonsense] });
    expect(waiting.end.status).toBe('waiting');
    expect(waiting.end.view.steps.find(({ state }) => state === 'awaitingSignal')?.why).toMatch(/the last answer is no map/);
    const settled = await perform(steps(), {
      ladder: ['person'],
      happenings: [nonsense, { ...nonsense, at: 60, payload: { take: 'ours' } }],
    });
    expect(settled.end.status).toBe('completed');
  });

  test.each<ConflictRung>(['guided', 'rerun', 'sequential', 'person'])('is left when the run is cancelled at the rung %s', async (rung) => {
    const slowly = steps().map((step) =>
      step.kind === 'group' ? group([writes('a', 100), writes('b', 110)]) : writes(step.id, step.id === 'a' ? 100 : 110),
    );
    const { end } = await perform(slowly, {
      ladder: [rung],
      merger: ({ sleep }) => sleep(1000),
      happenings: [{ at: 150, do: 'cancel', reason: 'enough' }],
    });
    expect(end.status).toBe('cancelled');
    for (const step of end.view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
  });
});
