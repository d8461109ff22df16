/**
 * An agent that a JavaScript module exports. The module is imported when the first task arrives: a crew with twenty
 * agents starts as quickly as one with none, and a module that nobody needs cannot fail.
 */
import { pathToFileURL } from 'node:url';
import type { Agent } from '../protocol/agent.ts';
import { TroupeError } from '../protocol/errors.ts';
import { reportOfThrown } from './agent-report.ts';
import { traitsOf } from './agent-traits.ts';
import { asAgent } from './as-agent.ts';
import { markLate } from './late-start.ts';

/** Where a module's agent is found. */
export interface ModuleOptions {
  /** Absolute path of the module. */
  readonly path: string;
  /** Name of the export. Default: the agent's id if the module exports it, else the default export. */
  readonly export?: string;
  /** How long it may take to stop once its signal has aborted, ms. Default: what the runtime allows. */
  readonly graceMs?: number;
}

/**
 * Makes an agent of what a module exports: a function (see `functionAgent`), an object with `perform`, or an adapter. All that such an agent says of
 * itself holds (`capabilities`, `capacity`, `validate`, `start`, `beat`, …), but its id; it is known once the module is imported, which is when
 * the first task for it is there. A module that cannot be imported, or exports nothing fitting, is reported as AGENT_UNAVAILABLE, not retryable.
 */
export function moduleAgent(id: string, options: ModuleOptions): Agent {
  let loading: Promise<Agent> | null = null;
  let loaded: Agent | null = null;
  const load = (): Promise<Agent> => {
    loading ??= importAgent(id, options).then((imported) => {
      loaded = imported;
      // what its file says of it outranks what it says itself
      const { start: _, close: __, ...traits } = traitsOf(imported);
      Object.assign(agent, { ...traits, ...traitsOf(agent) });
      return imported;
    });
    return loading;
  };
  const { graceMs } = options;
  const agent: Agent = {
    id,
    ...(graceMs === undefined ? {} : { graceMs }),
    async start() {
      // one that cannot be imported is no worse for being started again: it tells so to each task
      const imported = await load().catch(() => null);
      await imported?.start?.();
    },
    async perform(task, context) {
      if (loaded !== null) return loaded.perform(task, context);
      try {
        loaded = await load();
        // meanwhile it may have been told to stop, and its agent would listen for that too late
        context.signal.throwIfAborted();
      } catch (thrown) {
        return reportOfThrown(thrown);
      }
      return loaded.perform(task, context);
    },
    async recall(task, reason) {
      const imported = await load().catch(() => null);
      await imported?.recall?.(task, reason);
    },
    async close() {
      // a module that could not be imported holds nothing
      const imported = await loading?.catch(() => null);
      await imported?.close?.();
    },
  };
  return markLate(agent);
}

async function importAgent(id: string, options: ModuleOptions): Promise<Agent> {
  const exported = await importModule(id, options.path);
  const name = options.export ?? (Object.hasOwn(exported, id) ? id : 'default');
  const member = Object.hasOwn(exported, name) ? exported[name] : undefined;
  if (member === undefined) {
    const names = Object.keys(exported);
    throw new TroupeError('AGENT_UNAVAILABLE', `the module of agent "${id}" exports no "${name}": ${options.path}`, {
      hint: names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`,
      retryable: false,
    });
  }
  return asAgent(member, id, `module export "${name}" of agent "${id}"`);
}

async function importModule(id: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (thrown) {
    throw notImportable(id, path, thrown);
  }
}

function notImportable(id: string, path: string, cause: unknown): TroupeError {
  const hint = /\.[cm]?tsx?$/.test(path)
    ? 'TypeScript must be compiled first, or run under a loader such as tsx'
    : 'import it in Node to see why';
  return new TroupeError('AGENT_UNAVAILABLE', `the module of agent "${id}" cannot be imported: ${path}`, { hint, retryable: false, cause });
}
