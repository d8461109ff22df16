/** What an adapter is held to its laws with: the adapter, workers that do as they are told, and what can be seen of them. */
import type { Agent } from '../protocol/agent.ts';
import type { AgentAdapter } from '../protocol/agent-adapter.ts';
import type { Task } from '../protocol/task.ts';

/**
 * What the workers behind the adapter are told, in `task.step` and `task.params.do`:
 * `answer`: says something, then completes with `params.value` and a usage of `{ tokens: 7 }`;
 * `refuse`: fails by its own word; `break`: breaks;
 * `wait`: says something, then works until it is cancelled;
 * `insist`: says something, and completes with `params.value` when it is told to stop, if it can;
 * `lie`: answers what is no report, or one with a usage of `{ tokens: -1 }`;
 * `chatter`: as `answer`, and goes on saying something afterwards, if it can;
 * `last` (work elsewhere only): as `answer`, but takes half a second.
 */
export type LawWord = 'answer' | 'refuse' | 'break' | 'wait' | 'insist' | 'lie' | 'chatter' | 'last';

/** What `answer` says that it has used up. */
export const LAW_USAGE = { tokens: 7 } as const;

/** One adapter under trial. Made for one law, closed when that is over. */
export interface AdapterSubject {
  /** The adapter as a house has it, or an agent that has one inside. */
  readonly adapter: AgentAdapter | Agent;
  /** For work elsewhere: another adapter to the same workers, as a house in another process would have. */
  readonly another?: () => AgentAdapter | Agent;
  /** How many pieces of work were ever begun under a key. Left out: nobody can see it. */
  readonly begun?: (key: string) => number | Promise<number>;
  /** How many processes, lines and listeners the adapters hold. Left out: nobody can see it. */
  readonly held?: () => number | Promise<number>;
  /** The law is over: workers go home. */
  readonly close?: () => void | Promise<void>;
}

let tasks = 0;

/** A task for such workers; each has a run, and so a key, of its own. */
export function lawTask(word: LawWord): Task {
  const value = { made: ['of', word] };
  tasks += 1;
  const run = `law-${process.pid}-${Date.now()}-${tasks}`;
  return {
    key: `${run}/${word}#1`,
    run,
    step: word,
    attempt: 1,
    name: word,
    type: 'persona-request',
    persona: 'worker',
    params: { do: word, value },
    timeoutMs: null,
  };
}
