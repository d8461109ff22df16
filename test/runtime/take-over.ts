/** A host that dies, and another one that takes over: for laws of recovery. */
import { createCrew } from '../../src/actors/crews/crew.ts';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import type { Batch } from '../../src/protocol/journal.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import type { Simulation } from '../../src/testing/simulate.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import type { Play } from './play.ts';

/** How it went on. */
export interface TakenOver {
  readonly view: RunView;
  readonly journal: readonly Batch[];
}

/** When the host died, and how long nobody was there. */
export interface Death {
  /** Batches that were durable by then. */
  readonly cut: number;
  readonly pauseMs: number;
}

/** What a crew did outside of every journal: the keys it was given, and those it answered. */
export interface EffectLog {
  readonly begun: string[];
  readonly answered: Set<string>;
}

/** Services that scripts name are spared after one failure, for no longer than other waits of a play. */
const SPARED = { failures: 1, coolMs: 40, successes: 1 };

/** The crew of a play, watched. */
export function watchedCrew(play: Play, log: EffectLog) {
  const player = scriptedAgent('player', play.script);
  return createCrew({
    services: { github: SPARED, registry: { ...SPARED, successes: 2 } },
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
export async function takeOver(play: Play, { workflow, journal }: Simulation, { cut, pauseMs }: Death, log: EffectLog): Promise<TakenOver> {
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
  const after = await store.read('simulation');
  await runtime.stop({ graceMs: 0 });
  return { view, journal: after };
}
