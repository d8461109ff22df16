/**
 * An agent made of a function. The cheapest adapter: one promise and one small object per attempt; the abort signal,
 * which costs more than all the rest, is made only for functions that ask for it.
 */
import type { Agent, PerformContext } from '../protocol/agent.ts';
import type { AgentAdapter } from '../protocol/agent-adapter.ts';
import type { Task, TaskReport } from '../protocol/task.ts';
import { adapterAgent } from './adapter-agent.ts';
import { reportOfAnswer, reportOfThrown } from './agent-report.ts';
import { ContextView } from './context-view.ts';
import { markTrusted } from './trusted-report.ts';

/** What a function gets. Destructure what you need: `async ({ task, signal }) => …`. */
export interface Work extends PerformContext {
  readonly task: Task;
}

/** A function that performs tasks. Its value is the output; see `completed` and `fail` for more. */
export type AgentFunction = (work: Work) => unknown;

class FunctionWork extends ContextView implements Work {
  readonly task: Task;

  constructor(task: Task, context: PerformContext) {
    super(context);
    this.task = task;
  }
}

/**
 * Makes an agent of a function, synchronous or not.
 *
 * Its return value is the task's output: plain JSON, copied; undefined becomes null. Anything else (a function, a BigInt, a cycle,
 * more than 16 MB) is reported as `AGENT_OUTPUT_INVALID` with its path. `completed(output, { variables, writes })` also sets variables of
 * the run, and keys of the shared context.
 * `fail(message)`, returned or thrown, reports a failure; anything else thrown is reported as `AGENT_FAILED` with `thrown: true`.
 *
 * @param id unique within its crew
 * @param options.graceMs how long it may take to stop once its signal has aborted, ms; default: what the runtime allows. A function that does
 *   not stop by then is abandoned: its place is free, and its result is never applied
 */
export function functionAgent(id: string, fn: AgentFunction, options: { readonly graceMs?: number } = {}): Agent {
  return markTrusted(adapterAgent(functionAdapter(id, fn, options)));
}

/** The adapter of such an agent: the work is done here. */
export function functionAdapter(id: string, fn: AgentFunction, options: { readonly graceMs?: number } = {}): AgentAdapter {
  return {
    id,
    ...options,
    async begin(task: Task, context: PerformContext): Promise<TaskReport> {
      try {
        const answer = fn(new FunctionWork(task, context));
        return reportOfAnswer(isThenable(answer) ? await answer : answer);
      } catch (thrown) {
        return reportOfThrown(thrown);
      }
    },
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
