/**
 * The plan of a workflow: its graph, what it needs, the ways in which it could be run, the one that is chosen, and how that may turn out.
 * Pure: the same workflow, knowledge and options give the same plan.
 */
import type { Step, Workflow } from '../definition/workflow.ts';
import type { ScoreWeights } from '../policy/schedule-score.ts';
import { criticalPath, levels, timing } from './graph-measures.ts';
import type { Limits } from './limits.ts';
import { type Outlook, outlook } from './monte-carlo.ts';
import { type Opportunity, opportunities } from './opportunities.ts';
import { type ParallelGroup, parallelGroups } from './parallel-groups.ts';
import { type Requirements, requirementsOf } from './requirements.ts';
import { type RejectedOption, type ScheduleOption, weighOptions } from './schedule-options.ts';
import type { TaskGraph } from './task-graph.ts';
import { blockOf, type DurationSource, type StepKnowledge, workflowTasks } from './workflow-tasks.ts';

/** What to plan for. */
export interface PlanOptions {
  /** What there is to run on. `places` (tasks at once): default 5, and 1 under `compat: engine`. */
  readonly limits?: Partial<Limits>;
  /** What each part of the score counts. Default 0.35 time, 0.25 resources, 0.25 quality, 0.15 risk. */
  readonly weights?: ScoreWeights;
  /** Domains and keys that are never to be touched by two at once. */
  readonly criticalDomains?: readonly string[];
  /** Durations of earlier attempts by task id, ms: the outlook draws from them. */
  readonly observed?: Readonly<Record<string, readonly number[]>>;
  /** Task starts that each search for an order may simulate. Default 500,000. */
  readonly effort?: number;
  /** Of the search and of the outlook. Default 1. */
  readonly seed?: number;
}

/** A task in its plan. Times in ms after the start of the run. */
export interface PlacedTask {
  readonly id: string;
  readonly ms: number;
  /** Where its duration comes from; null where the graph was given. */
  readonly source: DurationSource | null;
  /** In the chosen option. */
  readonly startMs: number;
  readonly endMs: number;
  /** With room for everything: the earliest start, and how much later it may start without delaying the whole. */
  readonly earliestMs: number;
  readonly slackMs: number;
  readonly isCritical: boolean;
}

/** How something is going to be run, and why so. Ids of tasks are paths of steps; joints of groups are left out. */
export interface ExecutionPlan {
  /** In the order of their start. */
  readonly tasks: readonly PlacedTask[];
  readonly chosen: ScheduleOption;
  /** Best first, each with its score and the reason. */
  readonly rejected: readonly RejectedOption[];
  /** Nothing makes the whole shorter than this chain; its length, ms. */
  readonly criticalPath: readonly string[];
  readonly criticalMs: number;
  readonly levels: readonly (readonly string[])[];
  readonly groups: readonly (ParallelGroup & { readonly requirements: Requirements })[];
  /** Of all tasks together; peaks are in `chosen`. */
  readonly totals: Requirements;
  /** Of all attempts, those that are expected to fail included. */
  readonly expectedTokens: number;
  readonly outlook: Outlook;
  /** What would help, what saves most first. */
  readonly opportunities: readonly Opportunity[];
}

/** Plans a graph. Throws as `schedule` does, and for weights that make no score. */
export function planGraph(graph: TaskGraph, options: PlanOptions & { readonly limits: Limits }): ExecutionPlan {
  return laidOut({ graph, sources: null }, options);
}

/**
 * Plans a workflow. `known` says what is known of a step beyond its definition, by path: declared demands, reads and writes, and what
 * earlier runs have taught.
 *
 * Throws TroupeError DEFINITION_INVALID for limits that make no sense, a step that needs more than there is, and weights that make no
 * score; EXPRESSION_INVALID for a workflow that was not loaded without errors.
 */
export function plan(workflow: Workflow, options: PlanOptions = {}, known?: (path: string, step: Step) => StepKnowledge): ExecutionPlan {
  const places = options.limits?.places ?? (workflow.compat === 'engine' ? 1 : 5);
  return laidOut(workflowTasks(workflow, known), { ...options, limits: { ...options.limits, places } });
}

/** A graph to plan; `sources` as in `WorkflowTasks`, null where every task is one. */
interface Subject {
  readonly graph: TaskGraph;
  readonly sources: readonly (DurationSource | null)[] | null;
}

function laidOut({ graph, sources }: Subject, options: PlanOptions & { readonly limits: Limits }): ExecutionPlan {
  const { limits, criticalDomains = [], observed = {}, seed = 1 } = options;
  const { chosen, rejected } = weighOptions(graph, limits, options);
  const joints = new Set(graph.nodes.flatMap(({ id }, at) => (sources?.[at] === null ? [id] : [])));
  const idsOf = (tasks: readonly number[]) => tasks.map((at) => graph.nodes[at]?.id ?? '').filter((id) => !joints.has(id));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const path = criticalPath(graph);
  return {
    tasks: placedTasks({ graph, sources }, chosen, new Set(path)).filter(({ id }) => !joints.has(id)),
    chosen,
    rejected,
    criticalPath: idsOf(path),
    criticalMs: timing(graph).criticalMs,
    levels: levels(graph)
      .map(idsOf)
      .filter(({ length }) => length > 0),
    groups: parallelGroups(graph, criticalDomains).map((group) => ({
      ...group,
      sharedDependencies: group.sharedDependencies.flatMap((id) => (joints.has(id) ? blockOf(id) : [id])),
      requirements: requirementsOf(group.members.flatMap((id) => nodes.get(id) ?? [])),
    })),
    totals: requirementsOf(graph.nodes),
    expectedTokens: expectedTokens(graph),
    outlook: outlook(graph, chosen.limits, { priority: chosen.schedule.priority, observed, seed }),
    opportunities: opportunities(graph, limits, chosen).filter(({ subject }) => !subject.split(' → ').some((id) => joints.has(id))),
  };
}

function placedTasks({ graph, sources }: Subject, { schedule }: ScheduleOption, critical: ReadonlySet<number>): PlacedTask[] {
  const { earliestMs, slackMs } = timing(graph);
  const placed = graph.nodes.map(({ id, ms }, at): PlacedTask => {
    const startMs = schedule.startMs[at] ?? 0;
    const source = sources?.[at] ?? null;
    return {
      id,
      ms,
      source,
      startMs,
      endMs: startMs + ms,
      earliestMs: earliestMs[at] ?? 0,
      slackMs: slackMs[at] ?? 0,
      isCritical: critical.has(at),
    };
  });
  return placed.sort((a, b) => a.startMs - b.startMs);
}

/** Tokens times the attempts a task is expected to need: 1 + f + f² … up to its retries. */
function expectedTokens(graph: TaskGraph): number {
  return graph.nodes.reduce((sum, { demands, failureRate = 0, retries = 0 }) => {
    const attempts = (1 - failureRate ** (retries + 1)) / (1 - failureRate);
    return sum + (demands?.tokens ?? 0) * attempts;
  }, 0);
}
