import { afterEach, describe, expect, test, vi } from 'vitest';
import type { GroupStep, Step, SyncStep, Workflow } from '../../src/definition/workflow.ts';
import { blueprintOf } from '../../src/planning/draw-blueprint.ts';
import { GroupProgress } from '../../src/planning/group-progress.ts';
import { MinHeap } from '../../src/planning/min-heap.ts';
import type { Effect } from '../../src/protocol/effects.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { Run } from '../../src/runtime/run.ts';
import { RunVerbs } from '../../src/runtime/run-verbs.ts';
import { task, workflowOf } from './linear.ts';

const WIDEST = process.env.TROUPE_DEEP === '1' ? 4000 : 1000;

afterEach(() => {
  vi.restoreAllMocks();
});

const ids = (width: number) => Array.from({ length: width }, (_, i) => `m${i}`);
const tasks = (width: number, more: Partial<Extract<Step, { kind: 'task' }>> = {}) => ids(width).map((id) => task(id, more));

const barrier = (width: number): SyncStep => ({
  kind: 'sync',
  id: 'all',
  name: 'all',
  type: 'sync-point',
  sync: 'barrier',
  members: ids(width),
  dependencies: ids(width),
});

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

const block = (steps: readonly Step[], more: Partial<GroupStep> = {}): Workflow =>
  workflowOf([group(steps, more)], { shared: { table: {}, title: '' } });

/** Everything the statecharts ask of the run, and every look at who is ready, until a run has ended whose tasks end at once. */
function workOf(workflow: Workflow, room: number | null, writes: (step: string) => JsonObject = () => ({})): number {
  let work = 0;
  const counts = (target: object, name: string) => {
    const own = Object.getOwnPropertyDescriptor(target, name)?.value as (...args: unknown[]) => unknown;
    vi.spyOn(target as Record<string, (...args: unknown[]) => unknown>, name).mockImplementation(function (this: unknown, ...args) {
      work++;
      return own.apply(this, args);
    });
  };
  for (const name of Object.getOwnPropertyNames(RunVerbs.prototype)) if (name !== 'constructor') counts(RunVerbs.prototype, name);
  for (const name of ['takeReady', 'putBack', 'settle', 'outcome'] as const) counts(GroupProgress.prototype, name);
  for (const name of ['push', 'pop'] as const) counts(MinHeap.prototype, name);
  const started: RunStarted = {
    type: 'run.started',
    at: 0,
    format: 2,
    workflow: 'wide',
    definition: '',
    input: {},
    variables: {},
    seed: 1,
    maxConcurrency: room,
  };
  const run = new Run('wide', blueprintOf(workflow), started);
  const asked: Effect[] = [...run.deliver(started)];
  for (const effect of asked) {
    if (effect.type !== 'task.start') continue;
    const { step, attempt } = effect.task;
    asked.push(...run.deliver({ type: 'task.completed', at: 0, step, attempt, output: null, writes: writes(step) }));
  }
  vi.restoreAllMocks();
  expect(run.ended?.outcome).toBe('completed');
  return work;
}

describe('a wide group', () => {
  test.each<[string, (width: number) => number]>([
    ['with room for all', (width) => workOf(block(tasks(width)), null)],
    ['with room for five', (width) => workOf(block(tasks(width)), 5)],
    ['with five at work at most', (width) => workOf(block(tasks(width), { maxConcurrent: 5 }), null)],
    ['with others that need no room', (width) => workOf(block([...tasks(width), { ...group([task('x')]), id: 'inner' }]), 5)],
    ['whose members all meet', (width) => workOf(block([...tasks(width), barrier(width)]), null)],
    ['whose members all meet, with room for five', (width) => workOf(block([...tasks(width), barrier(width)]), 5)],
    [
      'whose members all meet, with five at work at most',
      (width) => workOf(block([...tasks(width), barrier(width)], { maxConcurrent: 5 }), null),
    ],
    ['joined by half of its members', (width) => workOf(block(tasks(width), { waitFor: 'quorum', quorum: width / 2 }), null)],
    ['whose members write side by side', (width) => workOf(block(tasks(width, { writes: ['title'] })), null, () => ({ title: 'one' }))],
    [
      'that falls back to a sequence',
      (width) =>
        workOf(block(tasks(width, { writes: ['title'] }), { conflicts: { ladder: ['sequential'] } }), null, (step) => ({ title: step })),
    ],
  ])('%s takes no more work a member than a narrow one', (_, workAt) => {
    const narrow = workAt(100) / 100;
    expect(workAt(WIDEST) / WIDEST).toBeLessThan(narrow * 1.3);
  });

  test('of four thousand is no exception', () => {
    const workAt = (width: number) => workOf(block([...tasks(width), barrier(width)]), 5);
    expect(workAt(4000) / 4000).toBeLessThan((workAt(100) / 100) * 1.3);
  });

  test('whose members fill one map side by side asks no more of the run for each of them', () => {
    const workAt = (width: number) => workOf(block(tasks(width, { writes: ['table'] })), null, (step) => ({ table: { [step]: 1 } }));
    expect(workAt(500) / 500).toBeLessThan((workAt(100) / 100) * 1.3);
  });
});
