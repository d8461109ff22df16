/** A store in which runs go on, go back and are forked, on virtual time, and what their crew was asked. */
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { definitionIn, foldJournal, startOf } from '../../src/runtime/fold.ts';
import { definitionOf } from '../../src/runtime/recovery.ts';
import type { Run } from '../../src/runtime/run.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Runtime, StartOptions } from '../../src/runtime/runtime-contract.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { watchedCrew } from './take-over.ts';

export class Lives {
  readonly store = createMemoryStore();
  now = 0;
  /** Keys of attempts that the crew was given, in order. */
  begun: string[] = [];

  /** Lets something begin, and goes on until nothing can happen any more. Resolves with how it stands then. */
  async live(script: AgentScript, begin: (runtime: Runtime) => Promise<RunHandle>, maxConcurrency = 5): Promise<RunView> {
    const time = new VirtualTime(this.now);
    const log = { begun: [] as string[], answered: new Set<string>() };
    const crew = watchedCrew({ workflow: undefined as never, script, maxConcurrency }, log);
    const runtime = await createRuntime({ store: this.store, time, crew, maxConcurrentTasks: Number.POSITIVE_INFINITY });
    try {
      const handle = await begin(runtime);
      await untilQuiet(handle, time, 1000);
      return handle.state();
    } finally {
      this.begun = log.begun;
      await runtime.stop({ graceMs: 0 });
      this.now = time.now() + 1000;
    }
  }

  start(workflow: Workflow, script: AgentScript, options: StartOptions = {}): Promise<RunView> {
    return this.live(script, (runtime) => runtime.start(workflow, { id: 'run', seed: 1, maxConcurrency: 5, ...options }));
  }

  /** Folds a run again from its journal, which must give what it gave when it was recorded. */
  fold(id: string, until?: number): Promise<Run> {
    return foldStored(this.store, id, until);
  }
}

/** Folds a run of a store from its journal. */
export async function foldStored(store: Lives['store'], id: string, until?: number): Promise<Run> {
  const batches = await store.read(id);
  const workflow = await definitionOf(store, id, definitionIn(startOf(id, batches), batches, until));
  return foldJournal(id, workflow, JSON.parse(JSON.stringify(batches)), until);
}
