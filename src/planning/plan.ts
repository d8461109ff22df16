/**
 * The plan of a workflow: its graph, what it needs, the ways in which it could be run, the one that is chosen, and how that may turn out.
 * Pure: the same workflow, knowledge and options give the same plan.
 */
import type { Workflow } from '../definition/workflow.ts';
import type { ScoreWeights } from '../policy/schedule-score.ts';
import { MAX_CONCURRENT_TASKS } from '../policy/task-limit.ts';
import { blockOf } from './block-drawing.ts';
import { independentConflicts } from './conflicts.ts';
import type { ExecutionPlan } from './execution-plan.ts';
import { expectedRounds, type PlannedLoop } from './expected-rounds.ts';
import { criticalPath, levels, timing } from './graph-measures.ts';
import { itemsLearned, knowledgeOf, type LearnedSteps, observedBy } from './learned-steps.ts';
import type { Limits } from './limits.ts';
import { outlook } from './monte-carlo.ts';
import { opportunities } from './opportunities.ts';
import { parallelGroups } from './parallel-groups.ts';
import { placedTasks } from './placed-tasks.ts';
import { expectedTokens, plannedBudgets, tokensOfAttempt } from './planned-budgets.ts';
import { requirementsOf } from './requirements.ts';
import { weighOptions } from './schedule-options.ts';
import { syncPointsOf } from './sync-points.ts';
import type { TaskGraph } from './task-graph.ts';
import { type KnownTasks, type WorkflowTasks, workflowTasks } from './workflow-tasks.ts';

/** What to plan a graph for. */
export interface GraphPlanOptions {
  readonly limits: Limits;
  /** What each part of the score counts. Default 0.35 time, 0.25 resources, 0.25 quality, 0.15 risk. */
  readonly weights?: ScoreWeights;
  /** Domains and keys that are never to be touched by two at once. */
  readonly criticalDomains?: readonly string[];
  /** Durations of earlier attempts by task id, ms: the outlook draws from them. */
  readonly observed?: Readonly<Record<string, readonly number[]>>;
  /** Task starts that each search for an order may simulate. Default 500,000. */
  readonly effort?: number;
  /** What runs may spend, tokens. Default: what the workflow says. */
  readonly budget?: number;
  /** Of the search and of the outlook. Default 1. */
  readonly seed?: number;
}

/** What to plan a workflow for. What is absent of limits and critical domains is what the workflow says. */
export interface PlanOptions extends Omit<GraphPlanOptions, 'limits'>, KnownTasks {
  /** What there is to run on. `places` (tasks at once): default 5, and 1 under `compat: engine`. */
  readonly limits?: Partial<Omit<Limits, 'blocks'>>;
  /** What earlier runs have taught (see `learnedFrom`): durations, tokens, failure rates and lengths of lists where nothing else says them. */
  readonly history?: LearnedSteps;
}

/** Plans a graph. Throws as `schedule` does, and for weights that make no score. */
export function planGraph(graph: TaskGraph, options: GraphPlanOptions): ExecutionPlan {
  return laidOut({ graph, origins: null, cutShort: [], items: {}, loops: [], budgets: [] }, options);
}

/**
 * Plans a workflow.
 *
 * Throws TroupeError DEFINITION_INVALID for limits that make no sense, a step that needs more than there is, weights that make no score,
 * a number of items that is none, and more than 50,000 steps with all items of maps.
 */
export function plan(workflow: Workflow, options: PlanOptions = {}): ExecutionPlan {
  const { history = {}, limits = {}, criticalDomains = workflow.criticalDomains ?? [] } = options;
  const { loops, most } = expectedRounds(workflow, (path) => history[path]?.rounds);
  const known = knowledgeOf(history, options.known, most);
  const tasks = { ...workflowTasks(workflow, { ...options, known }, itemsLearned(history)), loops };
  const { concurrency = Number.POSITIVE_INFINITY, ...own } = workflow.limits ?? {};
  const places = limits.places ?? Math.min(concurrency, workflow.compat === 'engine' ? 1 : MAX_CONCURRENT_TASKS);
  return laidOut(tasks, {
    ...(workflow.budget === undefined ? {} : { budget: workflow.budget.tokens }),
    ...options,
    criticalDomains,
    observed: { ...observedBy(history, tasks), ...options.observed },
    limits: { ...own, ...limits, places, ...(Object.keys(tasks.blocks).length === 0 ? {} : { blocks: tasks.blocks }) },
  });
}

/** A graph to plan; `origins` as in `WorkflowTasks`, null where every node is a task. */
type Subject = Pick<WorkflowTasks, 'graph' | 'cutShort' | 'items' | 'budgets'> & {
  readonly origins: WorkflowTasks['origins'] | null;
  readonly loops: readonly PlannedLoop[];
};

function laidOut({ graph, origins, cutShort, items, loops, budgets }: Subject, options: GraphPlanOptions): ExecutionPlan {
  const { limits, criticalDomains = [], observed = {}, seed = 1 } = options;
  const { chosen, rejected } = weighOptions(graph, limits, options);
  const conflicts = independentConflicts(graph, criticalDomains);
  const idsOf = (tasks: readonly number[]) =>
    tasks.flatMap((at) => (graph.nodes[at]?.joint === undefined ? [graph.nodes[at]?.id ?? ''] : []));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const isJoint = (id: string) => nodes.get(id)?.joint !== undefined;
  return {
    tasks: placedTasks(graph, origins, chosen.schedule.startMs),
    chosen,
    rejected,
    criticalPath: idsOf(criticalPath(graph)),
    criticalMs: timing(graph).criticalMs,
    levels: levels(graph).map(idsOf),
    groups: parallelGroups(graph, criticalDomains).map((group) => ({
      ...group,
      sharedDependencies: group.sharedDependencies.flatMap((id) => (isJoint(id) ? blocksBehind(id) : [id])),
      requirements: requirementsOf(group.members.flatMap((id) => nodes.get(id) ?? [])),
    })),
    conflicts,
    syncPoints: syncPointsOf(graph, origins),
    totals: requirementsOf(graph.nodes.filter(({ joint }) => joint === undefined)),
    expectedTokens: expectedTokens(graph),
    budget: options.budget ?? null,
    budgets: plannedBudgets(graph, budgets),
    cutShort: cutShort.map(({ id }) => id),
    cutShortTokens: cutShort.reduce((sum, node) => sum + tokensOfAttempt(node), 0),
    items,
    loops,
    outlook: outlook(graph, chosen.limits, { priority: chosen.schedule.priority, observed, seed }),
    opportunities: opportunities(graph, limits, { chosen, rejected, conflicts }).filter(
      ({ subject }) => !subject.split(' → ').some(isJoint),
    ),
  };
}

/** The block that a joint after it stands for; none for a joint before a block, which stands for what the block waits for. */
const blocksBehind = (joint: string): string[] => (joint.endsWith(' (after)') ? [blockOf(joint)] : []);
