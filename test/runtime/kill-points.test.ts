import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crew.ts';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { type Simulation, simulate } from '../../src/testing/simulate.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { task, workflowOf } from './linear.ts';
import { type Play, plays } from './random-workflow.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 3_000 : 120;

interface Death {
  readonly cut: number;
  readonly pauseMs: number;
}

/** What a crew did outside of every journal: the keys it was given, and those it answered. */
interface EffectLog {
  readonly begun: string[];
  readonly answered: Set<string>;
}

function watchedCrew(play: Play, log: EffectLog) {
  const player = scriptedAgent('player', play.script);
  return createCrew({
    personas: {
      '*': {
        id: 'watched',
        async perform(task, context) {
          log.begun.push(task.key);
          const report = await player.perform(task, context);
          log.answered.add(task.key);
          return report;
        },
      },
    },
  });
}

/** A host that died after `cut` batches; another one takes over `pauseMs` later. */
async function takeOver(play: Play, { workflow, journal }: Simulation, { cut, pauseMs }: Death, log: EffectLog): Promise<RunView> {
  const store = createMemoryStore();
  const started = journal[0]?.fact as RunStarted;
  await store.putDefinition(started.definition, workflow as unknown as JsonObject);
  for (const batch of journal.slice(0, cut)) await store.append('simulation', batch);
  const time = new VirtualTime((journal[cut - 1]?.fact.at ?? 0) + pauseMs);
  const runtime = await createRuntime({ store, time, crew: watchedCrew(play, log), maxConcurrentTasks: Number.POSITIVE_INFINITY });
  const { resumed } = await runtime.resumeAll();
  const handle = resumed[0];
  if (handle !== undefined) await untilQuiet(handle, time, 1000);
  const view = handle?.state() ?? (await runtime.view('simulation'));
  await runtime.stop({ graceMs: 0 });
  return view;
}

const essence = (view: RunView) => ({
  status: view.status,
  outputs: view.outputs,
  failedStep: view.failedStep,
  steps: view.steps.map(({ path, outcome }) => [path, outcome]),
});

describe('a run whose host dies', () => {
  test('at any point between two batches ends as the uninterrupted run does, and no completed step runs again', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: false }), fc.nat(), fc.integer({ min: 0, max: 100_000 }), async (drawn, point, pauseMs) => {
        // Under `stop` the failure that comes first decides, and which one is first may change with the pause.
        const play =
          drawn.workflow.onFailure === 'stop' ? { ...drawn, workflow: { ...drawn.workflow, onFailure: 'continue' as const } } : drawn;
        const whole = await simulate(play.workflow, {
          crew: watchedCrew(play, { begun: [], answered: new Set() }),
          maxConcurrency: play.maxConcurrency,
        });
        const cut = 1 + (point % whole.journal.length);
        const log: EffectLog = { begun: [], answered: new Set() };
        const view = await takeOver(play, whole, { cut, pauseMs }, log);
        const { failedStep: _, ...rest } = essence(view);
        const { failedStep: __, ...expected } = essence(whole.view);
        expect(rest).toEqual(expected);
        for (const { fact } of whole.journal.slice(0, cut)) {
          if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
        }
        expect(new Set(log.begun).size).toBe(log.begun.length);
      }),
      { numRuns: RUNS },
    );
  });

  test('at any point comes to an end, whatever its steps do together, and no key is given twice by one host', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), fc.nat(), fc.integer({ min: 0, max: 100_000 }), async (play, point, pauseMs) => {
        const whole = await simulate(play.workflow, {
          crew: watchedCrew(play, { begun: [], answered: new Set() }),
          maxConcurrency: play.maxConcurrency,
        });
        const log: EffectLog = { begun: [], answered: new Set() };
        const view = await takeOver(play, whole, { cut: 1 + (point % whole.journal.length), pauseMs }, log);
        expect(['completed', 'failed']).toContain(view.status);
        for (const step of view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(new Set(log.begun).size).toBe(log.begun.length);
      }),
      { numRuns: RUNS },
    );
  });

  test('while a step backs off waits on until the absolute moment, not a full pause again', async () => {
    const play: Play = {
      maxConcurrency: 1,
      script: { flaky: [{ fail: 'not yet' }, { output: 'done' }] },
      workflow: workflowOf([
        task('flaky', { retry: { retries: 1, delayMs: 60_000, factor: 2, maxDelayMs: 60_000, jitter: 0, on: 'failure' } }),
      ]),
    };
    const whole = await simulate(play.workflow, { crew: watchedCrew(play, { begun: [], answered: new Set() }) });
    expect(whole.makespanMs).toBe(60_000);
    const soon = await takeOver(play, whole, { cut: 2, pauseMs: 45_000 }, { begun: [], answered: new Set() });
    expect([soon.status, soon.updatedAt]).toEqual(['completed', 60_000]);
    const late = await takeOver(play, whole, { cut: 2, pauseMs: 90_000 }, { begun: [], answered: new Set() });
    expect([late.status, late.updatedAt]).toEqual(['completed', 90_000]);
  });

  test('in the middle of an attempt begins that attempt again under the same key, with its whole time', async () => {
    const play: Play = {
      maxConcurrency: 1,
      script: { slow: [{ after: 8_000, output: 'done' }] },
      workflow: workflowOf([task('slow', { timeout: 10_000 })]),
    };
    const whole = await simulate(play.workflow, { crew: watchedCrew(play, { begun: [], answered: new Set() }) });
    const log: EffectLog = { begun: [], answered: new Set() };
    const view = await takeOver(play, whole, { cut: 1, pauseMs: 3_600_000 }, log);
    expect([view.status, view.steps[0]?.attempts, log.begun]).toEqual(['completed', 1, ['simulation/slow#1']]);
  });
});
