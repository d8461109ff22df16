import { type Agent, isJsonObject, type Json, type Work } from 'troupe';
import { describe, expect, test } from 'vitest';
import { openExample, play } from './opened-example.ts';

const outputs = {
  version: '2.0.0',
  manifest: { core: '2.0.0', cli: '1.5.0', docs: '1.4.1' },
  changelog: [
    '# Changes',
    '## Core',
    '- sessions end at once',
    '- the old cookie is gone',
    '## Command',
    '- a new option: --dry-run',
    '## Documentation',
    '- a page on sessions',
    '',
  ].join('\n'),
};

const BUILDERS = ['core-builder', 'cli-builder', 'docs-builder'];

/** The builders of the example, each held up for so many ms. */
async function heldUp(ms: readonly number[]): Promise<Record<string, Agent>> {
  const { crew } = await openExample('parallel-build');
  return Object.fromEntries(
    BUILDERS.map((persona, place): [string, Agent] => {
      const builder = crew.candidates({ type: 'persona-request', persona })[0];
      if (builder === undefined) throw new Error(`nobody plays ${persona}`);
      const perform: Agent['perform'] = async (task, context) => {
        await context.sleep(ms[place] ?? 0);
        return builder.perform(task, context);
      };
      return [persona, { id: persona, perform }];
    }),
  );
}

describe('a parallel build', () => {
  test('merges map and text by itself, and asks about the one thing that can only be one', async () => {
    const { outputs: given, told, makespanMs } = await play('parallel-build');
    expect(given).toEqual(outputs);
    const conflicts = told.filter(([event]) => event.startsWith('conflict.detected'));
    const over = { kind: 'write', keys: ['version'], places: [{ key: 'version', path: '', kind: 'scalar' }] };
    expect(conflicts).toEqual([
      ['conflict.detected cli', over],
      ['conflict.detected docs', over],
    ]);
    const updates = told.flatMap(([event, data]) =>
      event.startsWith('context.updated') && isJsonObject(data) ? [[event, data.merged]] : [],
    );
    expect(updates).toEqual([
      ['context.updated core', []],
      ['context.updated cli', ['manifest', 'changelog']],
      ['context.updated docs', ['manifest', 'changelog']],
    ]);
    // side by side: the slowest builder, two merges, the smoke test, the three steps of the release
    expect(makespanMs).toBe(900 + 2 * 200 + 300 + 3 * 200);
  });

  test('shows the merge persona both sides, and what it is to go by', async () => {
    const asked: Json[] = [];
    const manager = ({ task }: Work) => {
      if (task.params.conflicts !== undefined) asked.push(task.params);
      return { values: { version: '1.5.0' } };
    };
    const { outputs: given } = await play('parallel-build', { recasting: { 'release-manager': manager } });
    expect(given).toMatchObject({ version: '1.5.0', manifest: outputs.manifest });
    const guidance = 'The release gets the highest version that a builder asks for.';
    expect(asked).toMatchObject([
      { guidance, conflicts: [{ key: 'version', base: '1.4.0', theirs: '2.0.0', theirsBy: 'core', ours: '1.5.0', oursBy: 'cli' }] },
      { guidance, conflicts: [{ key: 'version', base: '1.4.0', theirs: '1.5.0', theirsBy: 'cli', ours: '1.4.1', oursBy: 'docs' }] },
    ]);
  });

  test('comes out the same whoever is done first', async () => {
    for (const ms of [
      [0, 1000, 2000],
      [2000, 1000, 0],
      [1000, 0, 2000],
    ]) {
      const { outputs: given, told } = await play('parallel-build', { recasting: await heldUp(ms) });
      expect(given).toEqual(outputs);
      expect(told.filter(([event]) => event.startsWith('conflict.detected'))).toHaveLength(2);
    }
  });

  test('asks a person where the merge persona gives no answer, as long as the conflict may take', async () => {
    const recasting = { 'release-manager': () => 'whatever you like' };
    const answers = [10_000, 11_000].map((at) => ({ at, do: 'signal', name: 'builds.decision', payload: { take: 'ours' } }) as const);
    const decided = await play('parallel-build', { recasting, happenings: answers });
    expect(decided.outputs).toMatchObject({ version: '1.4.1', manifest: outputs.manifest });
    const undecided = await play('parallel-build', { recasting });
    expect([undecided.status, undecided.failure?.code, undecided.failedStep]).toEqual(['failed', 'CONFLICT_UNRESOLVED', 'builds']);
  });
});

describe('the release of a parallel build', () => {
  test('does not begin where the quality gate does not hold', async () => {
    const { failure, history, told } = await play('parallel-build', { recasting: { tester: () => ({ tried: 3, failed: 1 }) } });
    expect(failure?.code).toBe('QUALITY_GATE_FAILED');
    expect(Object.fromEntries(history)).toMatchObject({ gate: 'failed', release: 'skipped' });
    expect(told.map(([event]) => event)).toContain('quality.gate_failed gate');
  });

  test('is taken back, the last first, where it cannot be published', async () => {
    const { failure, failedStep, view, history, told } = await play('parallel-build', { input: { registry: 'down' } });
    expect([failure?.message, failedStep]).toEqual(['the registry does not answer', 'release']);
    expect(history.slice(-4)).toEqual([
      ['publish', 'failed'],
      ['(compensation)/upload', 'completed'],
      ['(compensation)/tag', 'completed'],
      ['release', 'failed'],
    ]);
    expect(told.filter(([event]) => event.startsWith('agent.started (compensation)'))).toHaveLength(2);
    expect(view.steps.find(({ path }) => path === 'tag')?.outcome).toBe('completed');
  });
});
