/**
 * An agent that answers from a script: for examples, tests and simulations. The n-th attempt of a step gets the n-th
 * answer. Which one that is follows from the task, not from a counter, so a restart does not change the play.
 */
import { durationMs } from '../definition/duration.ts';
import type { Agent, PerformContext, ProgressReport } from '../protocol/agent.ts';
import type { AgentAdapter } from '../protocol/agent-adapter.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { nameService } from '../protocol/service-of-error.ts';
import type { Task, TaskReport, Usage } from '../protocol/task.ts';
import { adapterAgent } from './adapter-agent.ts';
import { reportOfAnswer, reportOfThrown } from './agent-report.ts';
import { Completed, fail } from './answer.ts';
import { markTrusted } from './trusted-report.ts';

/** One answer. Without `fail`, `throw` or `forever` the task completes with `output` (default null). */
export interface ScriptedAnswer {
  readonly output?: Json;
  /** Variables to set in the run; only with an output. */
  readonly variables?: JsonObject;
  /** New values in the shared context, by key; only with an output. */
  readonly writes?: JsonObject;
  /** What it says it has used up, however it ends. */
  readonly usage?: Usage;
  /** Reports a failure with this message (`thrown: false`). */
  readonly fail?: string;
  /** Breaks with this message (`thrown: true`). */
  readonly throw?: string;
  /** The service outside that a `fail` or a `throw` came from; only with one of these. */
  readonly service?: string;
  /** Works that long first, in the host's time: ms, or a text such as `2s`. */
  readonly after?: number | string;
  /** Said while it works, spread evenly over `after`. */
  readonly progress?: readonly Json[];
  /** Reported while it works, spread evenly over `after`, too. */
  readonly reports?: readonly ProgressReport[];
  /** Never answers, until it is cancelled. */
  readonly forever?: boolean;
}

/** Answers by step id (`*` for every other step), consumed per attempt; the last one repeats. A single answer needs no list. */
export type AgentScript = Readonly<Record<string, ScriptedAnswer | readonly ScriptedAnswer[]>>;

interface Line {
  readonly answer: ScriptedAnswer;
  readonly afterMs: number;
}

/**
 * Makes an agent of a script. A step inside nested workflows is looked up by its path (`release/deploy`), then by its own id, then `*`;
 * a step the script does not know is reported as `AGENT_FAILED`, not retryable.
 *
 * @throws TroupeError DEFINITION_INVALID when an answer contradicts itself or its `after` is no duration
 */
export function scriptedAgent(id: string, script: AgentScript): Agent {
  return markTrusted(adapterAgent(scriptedAdapter(id, script)));
}

/**
 * The adapter of such an agent: the work is done here.
 *
 * @throws TroupeError DEFINITION_INVALID
 */
export function scriptedAdapter(id: string, script: AgentScript): AgentAdapter {
  const lines = new Map(Object.entries(script).map(([step, answers]) => [step, readAnswers(id, step, answers)]));
  const linesFor = ({ step }: Task): readonly Line[] =>
    lines.get(step) ?? lines.get(step.slice(step.lastIndexOf('/') + 1)) ?? lines.get('*') ?? [];
  return {
    id,
    async begin(task: Task, context: PerformContext): Promise<TaskReport> {
      const known = linesFor(task);
      const line = known[Math.min(task.attempt, known.length) - 1];
      if (line === undefined) return unscripted(id, task);
      try {
        await play(line, context);
        return reportOf(line.answer);
      } catch (thrown) {
        return reportOfThrown(thrown);
      }
    },
  };
}

/** What is wrong with an answer that ends in more ways than one, or null. */
export function contradiction({
  output,
  variables,
  writes,
  fail: failure,
  throw: thrown,
  service,
  forever,
}: ScriptedAnswer): { message: string; hint: string } | null {
  const completes = output !== undefined || variables !== undefined || writes !== undefined;
  const ends = [completes, failure !== undefined, thrown !== undefined, forever === true].filter(Boolean).length;
  if (ends <= 1 && service !== undefined && failure === undefined && thrown === undefined)
    return { message: 'the answer names a service and does not fail', hint: 'give fail or throw, too' };
  return ends <= 1
    ? null
    : { message: 'the answer ends in more than one way', hint: 'give one of output (with variables and writes), fail, throw and forever' };
}

async function play({ answer, afterMs }: Line, context: PerformContext): Promise<void> {
  let slept = 0;
  for (const { share, say } of remarks(answer, context)) {
    const until = Math.round(afterMs * share);
    if (until > slept) await context.sleep(until - slept);
    slept = until;
    say();
  }
  if (afterMs > slept) await context.sleep(afterMs - slept);
  if (answer.forever === true) await forever(context);
}

interface Remark {
  /** When it is made: after this share of the time. */
  readonly share: number;
  readonly say: () => void;
}

/** What is said and reported while it works, in the order of time. */
function remarks({ progress = [], reports = [] }: ScriptedAnswer, context: PerformContext): Remark[] {
  const spread = <T>(list: readonly T[], say: (item: T) => void): Remark[] =>
    list.map((item, index) => ({ share: (index + 1) / (list.length + 1), say: () => say(item) }));
  const all = [...spread(progress, (note) => context.progress(note)), ...spread(reports, (report) => context.report(report))];
  return all.sort((one, other) => one.share - other.share);
}

function reportOf(answer: ScriptedAnswer): TaskReport {
  const { service } = answer;
  if (answer.fail !== undefined) return reportOfAnswer(fail(answer.fail, service === undefined ? undefined : { service }, answer.usage));
  if (answer.throw !== undefined) {
    const thrown = new Error(answer.throw);
    if (service !== undefined) nameService(thrown, service);
    return { ...reportOfThrown(thrown), ...(answer.usage && { usage: answer.usage }) };
  }
  return reportOfAnswer(new Completed(answer.output, answer.variables, answer.writes, answer.usage));
}

/** Rejects with the reason of the abort, never resolves. It sleeps, so that its host knows that it does nothing else. */
async function forever({ sleep, signal }: PerformContext): Promise<never> {
  await sleep(Number.POSITIVE_INFINITY);
  // Hosts whose sleep ends all the same: those whose timers take no such number.
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function readAnswers(id: string, step: string, answers: ScriptedAnswer | readonly ScriptedAnswer[]): readonly Line[] {
  const list: readonly ScriptedAnswer[] = isList(answers) ? answers : [answers];
  return list.map((answer, index) => {
    const where = `the script of agent "${id}", step "${step}", answer ${index + 1}`;
    const afterMs = answer.after === undefined ? 0 : durationMs(answer.after, 'ms');
    if (afterMs === null) {
      throw new TroupeError('DEFINITION_INVALID', `${where}: ${JSON.stringify(answer.after)} is not a duration`, {
        hint: 'write milliseconds, or a text such as "2s"',
      });
    }
    const problem = contradiction(answer);
    if (problem !== null) throw new TroupeError('DEFINITION_INVALID', `${where}: ${problem.message}`, { hint: problem.hint });
    return { answer, afterMs };
  });
}

function isList(answers: ScriptedAnswer | readonly ScriptedAnswer[]): answers is readonly ScriptedAnswer[] {
  return Array.isArray(answers);
}

function unscripted(id: string, task: Task): TaskReport {
  return {
    ok: false,
    thrown: true,
    error: {
      code: 'AGENT_FAILED',
      message: `the script of agent "${id}" says nothing for step "${task.step}"`,
      hint: `add answers for "${task.step}", or for "*", which stands for every step without answers of its own`,
      retryable: false,
    },
  };
}
