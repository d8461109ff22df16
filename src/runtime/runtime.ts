/**
 * The house. Read this first: what happens to a workflow that is started here is in this file and the four it hands on to.
 *
 *     start(workflow)            bind step types → keep the definition → fact run.started          (this file)
 *       deliver(fact)            compute in memory → append one batch → release the effects        (hosted-run.ts)
 *         Run.deliver(fact)      advance the clock → actors move → effects collect in the outbox   (run.ts, machines/)
 *         dispatcher.start(task) find the agent → perform → report                                 (actors/dispatch/dispatcher.ts)
 *       deliver(task.completed)  … and so on until the run ends
 *
 * After a crash or a stop: read the journal → fold it, comparing intents (fold.ts) → fact run.recovered → the interrupted attempts are
 * started again under their keys, timers are armed at their absolute deadlines.
 *
 * A runtime has no global state: two of them in one process do not know each other, unless one is told of the other (`beside`). Nothing an agent, an observer or an inspector
 * throws gets out of here.
 */
import { openFileStore } from '../storage/file-store.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import { LocalRuntime } from './local-runtime.ts';
import type { Runtime, RuntimeOptions } from './runtime-contract.ts';

/** Opens a runtime. Rejects with STORE_… when the store cannot be opened. */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const owned = typeof options.store === 'string' || options.store === undefined;
  const store = typeof options.store === 'string' ? await openFileStore(options.store) : (options.store ?? createMemoryStore());
  return new LocalRuntime(options, store, owned);
}
