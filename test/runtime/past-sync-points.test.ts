import { expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { Step, SyncStep } from '../../src/definition/workflow.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

const stepOf = (key: string) => key.slice(key.indexOf('/') + 1, key.lastIndexOf('#'));

/** A sync point at which steps are met: they are named as its members, not as what it waits for. */
const meeting = (id: string, members: readonly string[]): SyncStep => ({
  kind: 'sync',
  id,
  name: id,
  type: 'sync-point',
  sync: 'barrier',
  members,
  dependencies: members,
});

/** What a run is asked from its start to its end. */
const begun = async (steps: readonly Step[], script: AgentScript) => {
  const lives = new Lives();
  const { status } = await lives.start(workflowOf(steps), script);
  return [status, lives.begun.map((key) => key.slice(key.indexOf('/') + 1))];
};

test('work that goes back goes past the sync points on its way: whoever is behind one runs again', async () => {
  const phase = { kind: 'group', type: 'phase', mode: 'graph', waitFor: 'all' } as const;
  const steps: Step[] = [
    { ...task('build'), ...phase, phase: {}, steps: [task('code')] },
    meeting('met', ['build']),
    task('between', { dependencies: ['met'] }),
    {
      ...task('review', { dependencies: ['between'] }),
      ...phase,
      phase: { feedback: { to: 'build', max: 3, when: '!steps.read.good', findings: 'read.n' } },
      steps: [task('read')],
    },
  ];
  const script = { read: [{ output: { good: false, n: 1 } }, { output: { good: true, n: 0 } }], '*': { output: 'done' } };
  expect(await begun(steps, script)).toEqual(['completed', ['code#1', 'between#1', 'read#1', 'code#2', 'between#2', 'read#2']]);
});

test('a restart goes past the sync points on its way', async () => {
  const steps = [
    task('first'),
    meeting('met', ['first']),
    task('between', { dependencies: ['met'] }),
    task('last', { dependencies: ['between'], recovery: [{ use: 'restart', from: 'first', budget: 1 }] }),
  ];
  const script = { last: [{ fail: 'no' }, { output: 'done' }], '*': { output: 'done' } };
  expect(await begun(steps, script)).toEqual(['completed', ['first#1', 'between#1', 'last#1', 'first#2', 'between#2', 'last#2']]);
});

test.each(['fork', 'run'])('what stands (%s) and begins anew with a recovery is done again', async (id) => {
  const steps = [
    task('first'),
    task('other'),
    task('last', { dependencies: ['first', 'other'], recovery: [{ use: 'restart', from: 'first', budget: 1 }] }),
  ];
  const lives = new Lives();
  const script: AgentScript = { '*': { output: 'done' } };
  expect((await lives.start(workflowOf(steps), script)).status).toBe('completed');
  await lives.live({ ...script, last: { fail: 'no' } }, (runtime) =>
    id === 'fork' ? runtime.fork('run', { id, with: { other: 'changed' } }) : runtime.retry('run', { from: 'other' }),
  );
  expect(lives.begun.map(stepOf)).toEqual([...(id === 'run' ? ['other'] : []), 'last', 'first', 'last']);
});

test('a run that goes back does again what has read what its steps write, and what has read that', async () => {
  const steps = [
    task('plan', { writes: ['plan'] }),
    task('gap', { dependencies: ['plan'] }),
    task('draft', { reads: ['plan'], writes: ['draft'] }),
    task('print', { reads: ['draft'] }),
    task('apart', { reads: ['else'] }),
  ];
  const script: AgentScript = {
    plan: { output: 'a', writes: { plan: 'a' } },
    draft: { after: 10, output: 'b', writes: { draft: 'b' } },
    print: { after: 20, output: 'c' },
    apart: { after: 30, output: 'd' },
    '*': { output: 'e' },
  };
  for (const change of [{ from: 'plan' }, { with: { plan: 'changed' } }]) {
    const lives = new Lives();
    await lives.start(workflowOf(steps, { shared: { plan: '', draft: '', else: '' } }), script);
    await lives.live(script, (runtime) =>
      change.from === undefined ? runtime.fork('run', { id: 'fork', with: change.with }) : runtime.retry('run', { from: change.from }),
    );
    const own = change.from === undefined ? [] : ['plan'];
    expect(lives.begun.map(stepOf).sort()).toEqual(['draft', 'gap', ...own, 'print'].sort());
  }
});

test('a signal that nobody has used yet is there for a fork and for a later life', async () => {
  const waits: Step = { kind: 'signal', id: 'waits', name: 'waits', type: 'wait-for-signal', dependencies: ['work'], signal: 'go' };
  const lives = new Lives();
  await lives.live({ '*': { after: 10, fail: 'no' } }, async (runtime) => {
    const run = await runtime.start(workflowOf([task('work'), waits]), { id: 'run' });
    await run.signal('go', 'early');
    return run;
  });
  const works: AgentScript = { '*': { output: 'done' } };
  const fork = await lives.live(works, (runtime) => runtime.fork('run', { id: 'fork', with: { work: 'done' } }));
  const later = await lives.live(works, (runtime) => runtime.retry('run'));
  for (const { status, outputs } of [fork, later]) expect([status, outputs]).toEqual(['completed', { work: 'done', waits: 'early' }]);
});
