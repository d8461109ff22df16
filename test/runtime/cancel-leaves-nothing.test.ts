import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { Step } from '../../src/definition/workflow.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Runtime } from '../../src/runtime/runtime-contract.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { DEAF_TO_TERM, escaping, FOREVER, gone, nodeAgent } from '../actors/children.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { foldStored } from './lives.ts';
import type { Play } from './play.ts';
import { sagaPlays } from './random-sagas.ts';
import { plays } from './random-workflow.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 80;

/** What is left of the only run of a runtime that has ended: in the run, and in the house. */
async function whatIsLeft(runtime: Runtime, store: ReturnType<typeof createMemoryStore>, id: string) {
  return { ...leftovers(await foldStored(store, id)), stopping: runtime.stopping(), live: runtime.run(id) === null ? [] : [id] };
}

const NOTHING = { stopping: [], live: [] };

/** A crew of which every third step does not hear that it is to stop, and answers much later. */
function crewOf({ script }: Play, time: VirtualTime) {
  const player = scriptedAgent('player', script);
  const stubborn = (step: string) => [...step].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 3 === 0;
  return createCrew({
    personas: {
      '*': {
        id: 'crew',
        async perform(given, context) {
          if (!stubborn(given.step)) return player.perform(given, context);
          await new Promise<void>((resolve) => {
            time.alarm(time.now() + 200, resolve);
          });
          return player.perform(given, { ...context, signal: new AbortController().signal, sleep: () => Promise.resolve() });
        },
      },
    },
  });
}

/** The processes of a run by what they say: those of its steps under their names. */
async function pidsOf(handle: RunHandle, count: number): Promise<Map<string, number>> {
  const pids = new Map<string, number>();
  for await (const event of handle.events()) {
    if (event.type !== 'task.progress') continue;
    const [word, pid] = String((event.note as { readonly line: string }).line).split(' ');
    if (word === 'pid') pids.set(event.step, Number(pid));
    if (word === 'escaped') pids.set('grandchild', Number(pid));
    if (pids.size === count) break;
  }
  return pids;
}

const moments = fc.record({ at: fc.nat({ max: 2_000 }), again: fc.option(fc.nat({ max: 500 })), force: fc.boolean() });

describe('a run that is cancelled at any moment', () => {
  test('leaves nothing: no step, no room, no question, no agent, no alarm', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(plays({ anyJoins: true }), sagaPlays), moments, async (play, { at, again, force }) => {
        const time = new VirtualTime(0);
        const store = createMemoryStore();
        const runtime = await createRuntime({ store, time, crew: crewOf(play, time), maxConcurrentTasks: 100, cancelGraceMs: 50 });
        const handle = await runtime.start(play.workflow, { id: 'run', seed: 1, maxConcurrency: play.maxConcurrency });
        const cancel = (forced: boolean) => void handle.cancel('enough', { force: forced }).catch(() => {});
        time.alarm(at, () => cancel(force));
        if (again !== null) time.alarm(at + again, () => cancel(true));
        await untilQuiet(handle, time, 1000);
        const { status } = await handle.result();
        // What agents still do, deaf as they are, they do for nobody.
        while (time.advance()) await new Promise((resolve) => setImmediate(resolve));
        await handle.stopped();
        expect(await whatIsLeft(runtime, store, 'run')).toEqual(NOTHING);
        expect(['completed', 'failed', 'cancelled']).toContain(status);
        await runtime.stop({ graceMs: 0 });
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a run of programs that is cancelled', () => {
  const programs: Readonly<Record<string, string>> = {
    polite: `console.log('pid', process.pid); ${FOREVER}`,
    // It is deaf by the time somebody knows of it.
    deaf: `${DEAF_TO_TERM} console.log('pid', process.pid);`,
    parent: `console.log('pid', process.pid); ${escaping(FOREVER)} ${FOREVER}`,
  };

  test('leaves no process behind, not one that is deaf to TERM, nor one that has left its session', async () => {
    const store = createMemoryStore();
    const personas = Object.fromEntries(
      Object.entries(programs).map(([name, text]) => [name, nodeAgent(text, { graceMs: 600_000 }, name)]),
    );
    const crew = Object.fromEntries(Object.entries(personas).map(([name, agent]) => [name, { ...agent, id: name }]));
    const runtime = await createRuntime({ store, crew: { personas: crew } });
    const steps: Step[] = Object.keys(programs).map((id) => task(id, { persona: id }));
    const handle = await runtime.start(workflowOf(steps), { id: 'run' });
    const pids = await pidsOf(handle, 4);
    await handle.cancel('enough');
    expect((await handle.result()).status).toBe('cancelled');
    // The polite ones go by themselves; the deaf one has ten minutes, unless somebody has no patience.
    for (const name of ['polite', 'parent', 'grandchild']) await gone(pids.get(name) ?? 0);
    expect(handle.stopping().map(({ step, state, canBeForced }) => [step, state, canBeForced])).toContainEqual(['deaf', 'asked', true]);
    await handle.cancel('now', { force: true }).catch(() => {});
    await handle.stopped();
    for (const pid of pids.values()) await gone(pid);
    expect(await whatIsLeft(runtime, store, 'run')).toEqual(NOTHING);
    await runtime.stop();
  });
});
