// What docs/embedding.md lists is held against the code: no option, event or error code is missing, none is invented.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as door from 'troupe';
import { createRuntime, defineWorkflow } from 'troupe';
import { simulate } from 'troupe/testing';
import { describe, expect, test } from 'vitest';
import { membersOf, quoted, ROOT, readPage, table } from './page.ts';

const page = readPage('embedding.md');
const source = (file: string) => readFileSync(join(ROOT, 'src', file), 'utf8');
/** The names in a cell, without their arguments; a cell that is one name has lost its backticks. */
const namesIn = (cell: string) => (cell.includes('`') ? quoted(cell) : [cell]).map(bare);
const names = (name: string) => table(page, name).flatMap(([first = '']) => namesIn(first));
const bare = (written: string) => written.replace(/\(.*/u, '');
const sorted = (all: Iterable<string>) => [...new Set(all)].sort();

describe('every member is listed', () => {
  test.each([
    ['RuntimeOptions', 'runtime/runtime-contract.ts'],
    ['StartOptions', 'runtime/runtime-contract.ts'],
    ['Runtime', 'runtime/runtime-contract.ts'],
    ['RunHandle', 'runtime/run-handle.ts'],
    ['LoadOptions', 'definition/load-options.ts'],
    ['FileStoreOptions', 'storage/file-store.ts'],
    ['CommandOptions', 'actors/programs/command-agent.ts'],
    ['SimulateOptions', 'testing/simulate.ts'],
  ])('of %s', (type, file) => expect(sorted(names(type))).toEqual(sorted(membersOf(file, type))));

  test.each([
    ['RunResult', 'runtime/run-event.ts'],
    ['RunView', 'runtime/run-view.ts'],
    ['StepView', 'runtime/step-view.ts'],
    ['Simulation', 'testing/simulate.ts'],
    ['Task', 'protocol/task.ts'],
    ['CrewMembers', 'actors/crews/crew.ts'],
    ['PerformContext', 'protocol/agent.ts'],
  ])('of %s, in words', (type, file) => {
    const told = new Set(quoted(page.text).map(bare));
    expect(membersOf(file, type).filter((member) => !told.has(member))).toEqual([]);
  });

  test('of PlanOptions, with what it has from others', () => {
    const own = [membersOf('planning/plan.ts', 'GraphPlanOptions'), membersOf('planning/plan.ts', 'PlanOptions')];
    expect(sorted(names('PlanOptions'))).toEqual(sorted([...own, membersOf('planning/workflow-tasks.ts', 'KnownTasks')].flat()));
  });

  test('of every event', () => {
    const kinds = Array.from(source('runtime/run-event.ts').matchAll(/type: ((?:'[\w.]+'(?: \| )?)+)/gu), ([, kind = '']) => kind);
    expect(sorted(names('events'))).toEqual(sorted(kinds.flatMap((kind) => kind.replaceAll("'", '').split(' | '))));
  });
});

test('every error code is given to somebody to act on', () => {
  const codes = Array.from(source('protocol/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gmu), ([, code = '']) => code);
  expect(
    table(page, 'errors')
      .flatMap(([, listed = '']) => namesIn(listed))
      .sort(),
  ).toEqual(codes.sort());
});

test('everything that the door gives at run time is on one of the pages', () => {
  const told = new Set([page, readPage('workflow-files.md')].flatMap(({ text }) => text.match(/\w+/gu) ?? []));
  expect(Object.keys(door).filter((name) => !told.has(name))).toEqual([]);
});

describe('the defaults are those that are named', () => {
  const workflow = defineWorkflow({ name: 'wide' })
    .parallel('all', {}, (group) => {
      for (let n = 0; n < 8; n += 1) group.step(`s${n}` as never, { persona: 'p' });
      return group;
    })
    .build();
  const mostAtOnce = () => {
    const seen = { now: 0, most: 0 };
    const p = async ({ sleep }: { sleep: (ms: number) => Promise<void> }) => {
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await sleep(1);
      seen.now -= 1;
    };
    return { seen, crew: { personas: { p } } };
  };

  test('five tasks at once, in a runtime and in simulation; one under the rules of the engine', async () => {
    const house = mostAtOnce();
    const runtime = await createRuntime({ crew: house.crew });
    await (await runtime.start(workflow)).result();
    await runtime.stop();
    expect(house.seen.most).toBe(5);
    for (const [compat, most] of [['native', 5] as const, ['engine', 1] as const]) {
      const { seen, crew } = mostAtOnce();
      expect((await simulate(workflow, { crew, compat })).status).toBe('completed');
      // members of a group have no order of their own: only the room for one keeps them apart
      expect(seen.most).toBe(most);
    }
  });

  test('the default crew of a simulation passes what a persona is asked, and answers {} to the rest', async () => {
    const { outputs } = await simulate(defineWorkflow({ name: 'two' }).step('a', { persona: 'p' }).step('b', { type: 'deploy' }).build());
    expect(outputs).toEqual({ a: { status: 'pass' }, b: {} });
  });
});

test('a paused run is still paused after a restart, and signals are kept while nobody waits', async () => {
  const store = door.createMemoryStore();
  const workflow = defineWorkflow({ name: 'patient' })
    .step('a', { persona: 'p' })
    .waitForSignal('go', { after: 'a' })
    .step('b', { persona: 'p', after: 'go' })
    .build();
  const crew = { personas: { p: () => 'done' } };
  const first = await createRuntime({ store, crew });
  const run = await first.start(workflow, { id: 'r' });
  await run.pause();
  await run.signal('go', 1);
  await first.stop();
  const second = await createRuntime({ store, crew });
  const again = await second.resume('r');
  expect(again.state().status).toBe('paused');
  await again.resume();
  expect(await again.result()).toMatchObject({ status: 'completed', outputs: { a: 'done', go: 1, b: 'done' } });
  await expect(again.signal('go')).rejects.toMatchObject({ code: 'RUN_ENDED' });
  await second.stop();
});

test('answers within the grace of a stop count; on_ambiguous: escalate keeps an interrupted attempt from being run again', async () => {
  const store = door.createMemoryStore();
  const asked: string[] = [];
  const crew = {
    personas: {
      quick: () => new Promise((resolve) => setImmediate(resolve, 'done')),
      never: ({ task, sleep }: door.Work) => {
        asked.push(task.key);
        return sleep(1e9);
      },
    },
  };
  const quick = defineWorkflow({ name: 'quick' }).step('a', { persona: 'quick' }).build();
  const first = await createRuntime({ store, crew });
  const within = await first.start(quick);
  const { workflow } = door.loadWorkflowSync(
    'name: once\nsteps: [{ id: pay, type: persona-request, persona: never, on_ambiguous: escalate }]',
  );
  await first.stop();
  expect(await within.result()).toMatchObject({ status: 'completed', outputs: { a: 'done' } });
  const second = await createRuntime({ store, crew });
  const cut = await second.start(workflow as door.Workflow, { id: 'r' });
  await second.stop({ graceMs: 0 });
  await expect(cut.result()).rejects.toMatchObject({ code: 'RUNTIME_STOPPED' });
  const third = await createRuntime({ store, crew });
  expect(await (await third.resume('r')).result()).toMatchObject({ status: 'failed', error: { code: 'ATTEMPT_AMBIGUOUS' } });
  expect(asked).toEqual(['r/pay#1']);
  await third.stop();
});

test('a task that had to wait is started twice; what is no plain JSON is refused', async () => {
  const runtime = await createRuntime({ maxConcurrentTasks: 1, crew: { personas: { p: () => new Promise((r) => setImmediate(r)) } } });
  const one = defineWorkflow({ name: 'one' }).step('a', { persona: 'p' }).build();
  const runs = [await runtime.start(one), await runtime.start(one)];
  const told: string[][] = [];
  for (const run of runs) {
    const types: string[] = [];
    for await (const { type } of run.events()) types.push(type);
    told.push(types.filter((type) => type.startsWith('task.')));
  }
  expect(told).toEqual([['task.started'], ['task.started', 'task.queued', 'task.started']]);
  await expect(runtime.start(one, { input: { when: new Date() } as never })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await runtime.stop();
});
