/** What agents use for which steps: learned from every call that ends, and kept from one process to the next. */
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

/** So many patterns are kept; those that have not been added to for longest are forgotten first. */
const REMEMBERED = 1_000;

/** Patterns by workflow, agent and step. Nothing is learned of runs whose workflow nobody knows. */
export class UsageBook {
  readonly #workflowOf: (run: string) => string | null;
  readonly #uses = new Map<string, LearnedUse>();

  constructor(workflowOf: (run: string) => string | null, before: Iterable<LearnedUse> = []) {
    this.#workflowOf = workflowOf;
    for (const use of before) this.#put(keyOf(use.workflow, use.agent, use.step), use);
  }

  /** Learns from a call that has ended after `ms`. How long one took that failed says little about how long the work takes. */
  learn(call: Call, agent: string, report: TaskReport, ms: number): void {
    const workflow = this.#workflowOf(call.run);
    if (workflow === null || (!report.ok && report.usage === undefined)) return;
    const step = stepOfDefinition(call.step);
    const key = keyOf(workflow, agent, step);
    const used = toldUsage(report.usage, report.ok ? ms : null);
    this.#put(key, { ...learnedUsage(this.#uses.get(key) ?? null, used), workflow, agent, step });
  }

  /** What is known of an agent's calls for a step; null when it never made one. */
  pattern({ run, step }: Call, agent: string): UsagePattern | null {
    const workflow = this.#workflowOf(run);
    return workflow === null ? null : (this.#uses.get(keyOf(workflow, agent, stepOfDefinition(step))) ?? null);
  }

  /** Everything that is remembered, what was added to last at the end. */
  all(): readonly LearnedUse[] {
    return [...this.#uses.values()];
  }

  #put(key: string, use: LearnedUse): void {
    this.#uses.delete(key);
    this.#uses.set(key, use);
    if (this.#uses.size <= REMEMBERED) return;
    const [oldest] = this.#uses.keys();
    if (oldest !== undefined) this.#uses.delete(oldest);
  }
}

const keyOf = (workflow: string, agent: string, step: string): string => `${workflow}\n${agent}\n${step}`;
