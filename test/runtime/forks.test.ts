import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { Step } from '../../src/definition/workflow.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

const attempt = (key: string) => key.slice(key.indexOf('/') + 1, key.lastIndexOf('#'));

/** Steps that each wait for some of those before them; each fifth is a sync point at which these meet. */
const graphs = (size: number) =>
  fc.array(fc.array(fc.nat(size), { maxLength: 3 }), { minLength: size, maxLength: size }).map((waits) =>
    waits.map((before, i): Step => {
      const dependencies = [...new Set(before.filter((other) => other < i).map((other) => `s${other}`))];
      if (i % 5 !== 4 || dependencies.length === 0) return task(`s${i}`, { dependencies });
      return { ...task(`s${i}`, { dependencies }), kind: 'sync', type: 'sync-point', sync: 'barrier', members: dependencies };
    }),
  );

function descendants(steps: readonly Step[], of: string): string[] {
  const found = new Set([of]);
  for (const { id, dependencies } of steps) if (dependencies.some((each) => found.has(each))) found.add(id);
  found.delete(of);
  return [...found].sort();
}

const answered = (what: string): AgentScript => ({ '*': { after: 10, output: what } });

describe('a fork with one other output', () => {
  test('of a graph of forty steps runs exactly the descendants of that step again', async () => {
    await fc.assert(
      fc.asyncProperty(graphs(50), fc.nat(39), async (steps, which) => {
        const tasks = new Set(steps.flatMap(({ id, kind }) => (kind === 'task' ? [id] : [])));
        const changed = [...tasks][which] ?? '';
        const lives = new Lives();
        const workflow = workflowOf(steps);
        const before = await lives.start(workflow, answered('first'));
        expect(before.status).toBe('completed');
        const fork = await lives.live(answered('second'), (runtime) => runtime.fork('run', { id: 'fork', with: { [changed]: 'changed' } }));
        expect(lives.begun.map(attempt).sort()).toEqual(descendants(steps, changed).filter((id) => tasks.has(id)));
        expect(fork.status).toBe('completed');
        const outputs = fork.outputs as Record<string, string>;
        const again = new Set(lives.begun.map(attempt));
        for (const id of tasks) expect([id, outputs[id]]).toEqual([id, id === changed ? 'changed' : again.has(id) ? 'second' : 'first']);
        expect((await lives.fold('fork')).ended?.outputs).toEqual(fork.outputs);
      }),
      { numRuns: 40 },
    );
  });
});

test('a fork asks nobody again about a gate that stands', async () => {
  const workflow = workflowOf([
    {
      ...task('build'),
      kind: 'group',
      type: 'phase',
      mode: 'graph',
      waitFor: 'all',
      phase: { gate: { persona: 'inspector', onFailure: 'stop', max: 0 } },
      steps: [task('code')],
    },
    task('ship', { dependencies: ['build'] }),
  ]);
  const script = { '*': { output: { status: 'pass' } } };
  const lives = new Lives();
  expect((await lives.start(workflow, script)).status).toBe('completed');
  expect(lives.begun).toHaveLength(3);
  const fork = await lives.live(script, (runtime) => runtime.fork('run', { id: 'fork', with: { ship: 'lost' } }));
  expect([fork.status, lives.begun]).toEqual(['completed', []]);
});
