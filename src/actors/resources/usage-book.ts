/**
 * What agents use for which steps: learned from every call that ends, and kept from one process to the next. Every task passes here when it
 * ends, so a call that tells nothing but its time changes two numbers in place.
 */
import { movingAverage } from '../../policy/moving-average.ts';
import { learnedUsage, stepOfDefinition, toldUsage, type UsagePattern } from '../../policy/usage-pattern.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';

/** What calls of one agent for one step of one workflow have used. Plain JSON. */
export interface LearnedUse extends UsagePattern {
  readonly workflow: string;
  readonly agent: string;
  /** Path of the step in the definition: items of a map share it. */
  readonly step: string;
}

/** A call: of which run, for which step of it. */
type Call = Pick<Task, 'run' | 'step'>;

interface Entry {
  readonly workflow: string;
  readonly agent: string;
  readonly step: string;
  pattern: { -readonly [Kind in keyof UsagePattern]: UsagePattern[Kind] };
  /** Counts what is learned: the entry was added to so long ago. */
  told: number;
}

/** So many patterns are kept; those that have not been added to for longest are forgotten first, so many at once. */
const REMEMBERED = 1_000;
const FORGOTTEN_AT_ONCE = 200;

/** Patterns by workflow, agent and step. Nothing is learned of runs whose workflow nobody knows. */
export class UsageBook {
  readonly #workflowOf: (run: string) => string | null;
  readonly #uses = new Map<string, Map<string, Map<string, Entry>>>();
  #size = 0;
  #told = 0;

  constructor(workflowOf: (run: string) => string | null, before: Iterable<LearnedUse> = []) {
    this.#workflowOf = workflowOf;
    for (const { workflow, agent, step, ...pattern } of before) this.#entry(workflow, agent, step).pattern = pattern;
  }

  /** Learns from a call that has ended after `ms`. How long one took that failed says little about how long the work takes. */
  learn(call: Call, agent: string, report: TaskReport, ms: number): void {
    const workflow = this.#workflowOf(call.run);
    if (workflow === null || (!report.ok && report.usage === undefined)) return;
    const entry = this.#entry(workflow, agent, stepOfDefinition(call.step));
    const { pattern } = entry;
    if (report.usage === undefined) {
      pattern.ms = movingAverage(pattern.ms ?? null, ms) ?? ms;
      pattern.calls += 1;
    } else entry.pattern = learnedUsage(pattern, toldUsage(report.usage, report.ok ? ms : null));
  }

  /** What is known of an agent's calls for a step; null when it never made one. */
  pattern({ run, step }: Call, agent: string): UsagePattern | null {
    const workflow = this.#workflowOf(run);
    return workflow === null ? null : (this.#uses.get(workflow)?.get(agent)?.get(stepOfDefinition(step))?.pattern ?? null);
  }

  /** Everything that is remembered, what was added to last at the end. */
  all(): readonly LearnedUse[] {
    return this.#inOrder()
      .slice(-REMEMBERED)
      .map(({ workflow, agent, step, pattern }) => ({ ...pattern, workflow, agent, step }));
  }

  #entry(workflow: string, agent: string, step: string): Entry {
    const steps = within(within(this.#uses, workflow), agent);
    let entry = steps.get(step);
    if (entry === undefined) {
      entry = { workflow, agent, step, pattern: { calls: 0 }, told: 0 };
      steps.set(step, entry);
      if (++this.#size > REMEMBERED + FORGOTTEN_AT_ONCE) this.#forget();
    }
    entry.told = ++this.#told;
    return entry;
  }

  #inOrder(): Entry[] {
    const entries = [...this.#uses.values()].flatMap((agents) => [...agents.values()].flatMap((steps) => [...steps.values()]));
    return entries.sort((a, b) => a.told - b.told);
  }

  /** The one that has only just come counts as the oldest here, and stays: it is added to next. */
  #forget(): void {
    for (const { workflow, agent, step, told } of this.#inOrder().slice(0, FORGOTTEN_AT_ONCE + 1)) {
      if (told === 0) continue;
      const agents = this.#uses.get(workflow);
      agents?.get(agent)?.delete(step);
      if (agents?.get(agent)?.size === 0) agents.delete(agent);
      if (agents?.size === 0) this.#uses.delete(workflow);
      this.#size -= 1;
    }
  }
}

function within<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}
