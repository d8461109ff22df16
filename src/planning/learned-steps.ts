/** What earlier runs of a workflow teach about its steps. */
import type { Step } from '../definition/workflow.ts';
import { type EndedAttempt, type LearnedStep, learn, movingAverage, NOTHING_LEARNED } from '../policy/moving-average.ts';
import type { TaskCompleted } from '../protocol/facts.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Batch } from '../protocol/journal.ts';
import type { StepKnowledge } from './leaf-task.ts';
import type { WorkflowTasks } from './workflow-tasks.ts';

/** One step's past. */
export interface LearnedPast extends LearnedStep {
  /** Durations of attempts that ended well, ms, the newest last; at most 100. */
  readonly observedMs: readonly number[];
  /** Of a map: how many items it had on average. */
  readonly items?: number;
  /** How often it completed in a run, on average, where it ever did so more than once: it stands in a loop. */
  readonly rounds?: number;
}

/** By path of the step in the definition; items of a map share it. Plain JSON. */
export type LearnedSteps = Readonly<Record<string, LearnedPast>>;

/** Durations kept of one step. */
const MOST_OBSERVED = 100;

/** A step that always failed will not do so for certain: a rate stays below 1. */
const HIGHEST_RATE = 0.99;

/**
 * Learns from journals (as `JournalStore.read` gives them), oldest run first: exponential moving averages, α = 0.3, of how long attempts
 * that ended well took, of how many failed, beginning at none, and of how many items maps had: up to the last one that began, in runs
 * that nobody cancelled; and of the tokens that attempts said they had used, well or not. An attempt begins with its intent, or when an agent took it out of a queue. One that was
 * called off counts as failed when another followed it; otherwise, and when its host died, it teaches nothing.
 */
export function learnedFrom(journals: Iterable<readonly Batch[]>, before: LearnedSteps = {}): LearnedSteps {
  const learned = new Map<string, LearnedPast>(Object.entries(before));
  for (const journal of journals) {
    const lesson = new Lesson(learned);
    for (const batch of journal) lesson.take(batch);
    lesson.end();
  }
  return Object.fromEntries(learned);
}

/** The end of an attempt, whatever came of it. */
type AttemptEnd = Pick<TaskCompleted, 'step' | 'attempt' | 'at' | 'usage'>;

/** One journal, read to the end. */
class Lesson {
  readonly #learned: Map<string, LearnedPast>;
  /** When attempts in flight began, ms, by id. */
  readonly #begun = new Map<string, number>();
  readonly #calledOff = new Set<string>();
  /** By path of a map in the run: how many of its items began. */
  readonly #items = new Map<string, number>();
  /** By path in the run: how often it completed. */
  readonly #rounds = new Map<string, number>();
  #isCut = false;

  constructor(learned: Map<string, LearnedPast>) {
    this.#learned = learned;
  }

  take({ fact, intents }: Batch): void {
    switch (fact.type) {
      case 'run.recovered':
        this.#begun.clear();
        break;
      case 'run.cancel_requested':
        this.#isCut = true;
        break;
      case 'task.started':
        this.#begun.set(attemptId(fact.step, fact.attempt), fact.at);
        break;
      case 'task.completed':
      case 'task.failed':
      case 'validation.failure':
        this.#end(fact, fact.type !== 'task.completed');
        break;
    }
    for (const [kind, id] of intents) {
      if (kind === 'task.start') this.#begin(id, fact.at);
      if (kind === 'task.cancel' && this.#begun.delete(id)) this.#calledOff.add(id);
    }
  }

  /** The journal has ended. */
  end(): void {
    if (this.#isCut) return;
    for (const [map, count] of this.#items) {
      const path = pathInDefinition(map);
      const past = this.#learned.get(path) ?? { ...NOTHING_LEARNED, observedMs: [] };
      this.#learned.set(path, { ...past, items: movingAverage(past.items ?? null, count) ?? count });
    }
    for (const [step, count] of this.#rounds) {
      const path = pathInDefinition(step);
      const past = this.#learned.get(path);
      if (past === undefined || (past.rounds === undefined && count === 1)) continue;
      // in runs before, where there were any, it completed once
      const before = past.rounds ?? (past.observedMs.length > count ? 1 : null);
      this.#learned.set(path, { ...past, rounds: movingAverage(before, count) ?? count });
    }
  }

  #begin(id: string, at: number): void {
    this.#begun.set(id, at);
    const cut = id.lastIndexOf('#');
    const step = id.slice(0, cut);
    for (const item of step.matchAll(/\[(\d+)\]/gu)) {
      const map = step.slice(0, item.index);
      this.#items.set(map, Math.max(this.#items.get(map) ?? 0, Number(item[1]) + 1));
    }
    if (this.#calledOff.delete(attemptId(step, Number(id.slice(cut + 1)) - 1))) note(this.#learned, step, { ms: 0, failed: true });
  }

  #end({ step, attempt, at, usage }: AttemptEnd, failed: boolean): void {
    const id = attemptId(step, attempt);
    const start = this.#begun.get(id);
    if (start === undefined) return;
    this.#begun.delete(id);
    if (!failed) this.#rounds.set(step, (this.#rounds.get(step) ?? 0) + 1);
    const tokens = usage?.tokens;
    note(this.#learned, step, { ms: at - start, failed, ...(tokens === undefined ? {} : { tokens }) });
  }
}

function note(learned: Map<string, LearnedPast>, step: string, attempt: EndedAttempt): void {
  const path = pathInDefinition(step);
  const past = learned.get(path) ?? { ...NOTHING_LEARNED, observedMs: [] };
  const observedMs = attempt.failed ? past.observedMs : [...past.observedMs, attempt.ms].slice(-MOST_OBSERVED);
  learned.set(path, { ...learn(past, attempt), observedMs });
}

/** Items of a map are numbered in a run; their definition is one. */
const pathInDefinition = (step: string): string => step.replace(/\[\d+\]/gu, '');

/** Loops may have been longer than the definition of today allows. */
const roundsWithin = (rounds: number, most: number): Pick<StepKnowledge, 'rounds'> =>
  most > 1 && rounds > 1 ? { rounds: Math.min(rounds, most) } : {};

/** What is known of each leaf: by `known` first, then by history. `most`: by path of a step in a loop, the most rounds it may run. */
export function knowledgeOf(
  history: LearnedSteps,
  known: (path: string, step: Step) => StepKnowledge = () => ({}),
  most: ReadonlyMap<string, number> = new Map(),
): (path: string, step: Step) => StepKnowledge {
  return (path, step) => {
    const past = Object.hasOwn(history, path) ? history[path] : undefined;
    if (past === undefined || step.kind !== 'task') return known(path, step);
    return {
      ...(past.ms === null ? {} : { ms: past.ms }),
      ...(past.tokens === null ? {} : { demands: { tokens: past.tokens } }),
      failureRate: Math.min(HIGHEST_RATE, past.failureRate),
      ...(past.rounds === undefined ? {} : roundsWithin(past.rounds, most.get(path) ?? 1)),
      ...known(path, step),
    };
  };
}

/** How many items maps had, by path of the map. */
export function itemsLearned(history: LearnedSteps): Record<string, number> {
  return Object.fromEntries(Object.entries(history).flatMap(([path, { items }]) => (items === undefined ? [] : [[path, items]])));
}

/** By task of a plan: how long earlier attempts took. Only where history counts: a declared estimate is not overruled. */
export function observedBy(history: LearnedSteps, { graph, origins }: WorkflowTasks): Record<string, readonly number[]> {
  return Object.fromEntries(
    graph.nodes.flatMap(({ id }, at) => {
      const past = history[pathInDefinition(id)];
      return past === undefined || past.observedMs.length === 0 || origins[at]?.source !== 'history' ? [] : [[id, past.observedMs]];
    }),
  );
}
