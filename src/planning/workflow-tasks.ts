/**
 * A workflow as a task graph: its leaves, and joints around everything that holds others. As everywhere in planning, no condition is
 * false and nothing fails: of a choice the longer branch counts, of a block that is joined early the members that could end first and
 * what they wait for; votes are no ties; handlers of failures are left out. A progress checkpoint counts as passed when its members have
 * ended. Of a map as many items are drawn as it is expected to have.
 */

import type { ConflictSettings } from '../definition/joining.ts';
import { type MemberEdge, memberEdges } from '../definition/member-edges.ts';
import type { GroupStep, MapStep, Step, VoteStep, Workflow } from '../definition/workflow.ts';
import { conflictLadder } from '../policy/conflict-ladder.ts';
import type { JsonObject } from '../protocol/json.ts';
import { type BlockMember, type Drawing, type DrawnTask, drawBlock } from './block-drawing.ts';
import { checkDrawnSize } from './drawn-size.ts';
import { type ItemGuess, type ItemKnowledge, itemsOf } from './item-count.ts';
import { type KnownValues, knownInside, knownValues } from './known-values.ts';
import { leafTask, type StepKnowledge } from './leaf-task.ts';
import type { BudgetedTasks } from './planned-budgets.ts';
import { type TaskGraph, type TaskNode, taskGraph } from './task-graph.ts';
import type { TaskOrigin } from './task-origin.ts';

/** What is known beyond the definition. */
export interface KnownTasks {
  /** Asked once for every leaf, by its path in the definition: items of a map share it. */
  readonly known?: (path: string, step: Step) => StepKnowledge;
  /** How many items maps are expected to have. */
  readonly items?: ItemGuess;
  /** What the run is to be started with: maps over lists in it are planned for as many items as these have. */
  readonly input?: JsonObject;
  readonly variables?: JsonObject;
}

/** A workflow's leaves and joints, in the order of the file. The id of a leaf is its path, `map[0]/step` in an item of a map. */
export interface WorkflowTasks {
  readonly graph: TaskGraph;
  /** By task: the step it stands for; null for a joint. */
  readonly origins: readonly (TaskOrigin | null)[];
  /** How many members of a block are at work at once at most, by its path; only blocks that say so. */
  readonly blocks: Readonly<Record<string, number>>;
  /** How many items were drawn, by the path of the map. */
  readonly items: Readonly<Record<string, number>>;
  /** Of steps that have a budget. */
  readonly budgets: readonly BudgetedTasks[];
  /** Tasks that are not in the graph because their block is joined without them: they begin, and are cancelled. */
  readonly cutShort: readonly TaskNode[];
}

/**
 * Draws the graph. `learnedItems`: how many items maps had in earlier runs. Throws as `taskGraph` does, for a number of items that is none,
 * and DEFINITION_INVALID for more than 50,000 steps, before anything is drawn.
 */
export function workflowTasks(
  workflow: Workflow,
  options: KnownTasks = {},
  learnedItems: Readonly<Record<string, number>> = {},
): WorkflowTasks {
  const values = knownValues(workflow, options);
  const items: ItemKnowledge = { learned: learnedItems, ...(options.items === undefined ? {} : { guess: options.items }) };
  checkDrawnSize(workflow, values, items);
  const paper = new Paper(items, options.known);
  const drawn = paper.workflow(workflow, { prefix: '', plainPrefix: '', values, attempt: workflow.budget?.attempt ?? null }, '', 0);
  const tasks = drawn.tasks.slice(1, -1);
  const ids = new Set(tasks.map(({ node }) => node.id));
  const graph = taskGraph(
    tasks.map(({ node }) => node),
    drawn.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
  );
  const { blocks, budgets } = paper;
  return {
    graph,
    origins: tasks.map(({ origin }) => origin),
    blocks,
    items: paper.items,
    budgets,
    cutShort: drawn.cutShort.map(({ node }) => node),
  };
}

/** What is before the ids of steps (in the plan, and in the definition, which knows no items), and what their expressions would find. */
interface Surroundings {
  readonly prefix: string;
  readonly plainPrefix: string;
  readonly values: KnownValues;
  /** What the innermost budget around expects every attempt to use, tokens; null: none says. */
  readonly attempt: number | null;
}

/** Where something is drawn. */
interface Place extends Surroundings {
  readonly workflow: Workflow;
  /** What the block around it says about conflicts. */
  readonly conflicts: ConflictSettings | null;
  /** When it can start, with room for everything, ms. */
  readonly startMs: number;
}

class Paper {
  readonly blocks: Record<string, number> = {};
  readonly items: Record<string, number> = {};
  readonly budgets: BudgetedTasks[] = [];
  readonly #known: NonNullable<KnownTasks['known']>;
  readonly #itemKnowledge: ItemKnowledge;

  constructor(items: ItemKnowledge, known: KnownTasks['known'] = () => ({})) {
    this.#known = known;
    this.#itemKnowledge = items;
  }

  workflow(workflow: Workflow, around: Surroundings, name: string, startMs: number): Drawing {
    const members = this.#members(workflow.steps, workflow.mode, { ...around, workflow, conflicts: workflow.conflicts ?? null });
    return drawBlock({ name, startMs, soft: isSoft(workflow), members, join: { waitFor: 'all' }, maxConcurrent: null });
  }

  #members(steps: readonly Step[], mode: GroupStep['mode'], place: Omit<Place, 'startMs'>): BlockMember[] {
    const edges = memberEdges(steps, mode);
    return steps.map((step, at) => ({
      edges: edges[at] ?? [],
      isConditional: step.condition !== undefined,
      draw: (startMs) => this.#step(step, { ...place, startMs }),
    }));
  }

  #step(step: Step, place: Place): Drawing {
    if (step.budget === undefined) return this.#kind(step, place);
    const drawn = this.#kind(step, { ...place, attempt: step.budget.attempt ?? place.attempt });
    const tasks = drawn.tasks.map(({ node }) => node.id);
    this.budgets.push({ step: place.prefix + step.id, tokens: step.budget.tokens, tasks });
    return drawn;
  }

  #kind(step: Step, place: Place): Drawing {
    const name = place.prefix + step.id;
    switch (step.kind) {
      case 'group':
        return this.#group(step, name, place);
      case 'vote':
        return this.#vote(step, name, place);
      case 'map':
        return this.#map(step, name, place);
      case 'choice':
        return this.#choice([step.then, step.otherwise], name, place);
      case 'workflow': {
        if (step.workflow === undefined) return this.#leaf(step, place);
        const plainPrefix = `${place.plainPrefix}${step.id}/`;
        const inside = { prefix: `${name}/`, plainPrefix, values: knownValues(step.workflow), attempt: place.attempt };
        return this.workflow(step.workflow, inside, name, place.startMs);
      }
      default:
        return this.#leaf(step, place);
    }
  }

  #group(step: GroupStep, name: string, place: Place): Drawing {
    const { waitFor, quorum, deadline, maxConcurrent } = step;
    if (maxConcurrent !== undefined) this.blocks[name] = maxConcurrent;
    return drawBlock({
      name,
      startMs: place.startMs,
      soft: isSoft(place.workflow),
      members: this.#members(step.steps, step.mode, { ...place, conflicts: step.conflicts ?? place.workflow.conflicts ?? null }),
      join: { waitFor, ...(quorum === undefined ? {} : { quorum }), ...(typeof deadline === 'number' ? { deadlineMs: deadline } : {}) },
      maxConcurrent: maxConcurrent ?? null,
    });
  }

  /** All voters, and a judge after them where it is not only for ties. */
  #vote(step: VoteStep, name: string, place: Place): Drawing {
    const judges = step.rule === 'judged' && step.judge !== undefined ? [step.judge] : [];
    const edges = step.steps.map((_, from): MemberEdge => ({ from, kind: 'soft', data: [], when: null }));
    const member = (voter: Step, waits: readonly MemberEdge[]): BlockMember => ({
      edges: waits,
      isConditional: false,
      draw: (startMs) => this.#step(voter, { ...place, startMs }),
    });
    const members = [...step.steps.map((voter) => member(voter, [])), ...judges.map((judge) => member(judge, edges))];
    return drawBlock({
      name,
      startMs: place.startMs,
      soft: isSoft(place.workflow),
      members,
      join: { waitFor: 'all' },
      maxConcurrent: null,
    });
  }

  #map(step: MapStep, name: string, place: Place): Drawing {
    const plainPrefix = `${place.plainPrefix}${step.id}/`;
    const count = itemsOf(step, place.plainPrefix + step.id, place.values, this.#itemKnowledge);
    const values = knownInside(step, place.values);
    this.items[name] = count;
    if (step.maxConcurrent !== undefined) this.blocks[name] = step.maxConcurrent;
    const members = Array.from({ length: count }, (_, item): BlockMember => {
      const inside = { prefix: `${name}[${item}]/`, plainPrefix, values, attempt: place.attempt };
      return { edges: [], isConditional: false, draw: (startMs) => this.workflow(step.workflow, inside, `${name}[${item}]`, startMs) };
    });
    const soft = step.tolerate !== undefined || isSoft(place.workflow);
    return drawBlock({ name, startMs: place.startMs, soft, members, join: { waitFor: 'all' }, maxConcurrent: step.maxConcurrent ?? null });
  }

  /** The branch that takes longer. */
  #choice(branches: readonly (readonly Step[])[], name: string, place: Place): Drawing {
    // A branch of the engine dialect is a list worked off in order; a native branch is a graph like any other group.
    const mode = place.workflow.compat === 'engine' ? 'sequential' : 'graph';
    const drawn = branches.map((steps) =>
      drawBlock({
        name,
        startMs: place.startMs,
        soft: isSoft(place.workflow),
        members: this.#members(steps, mode, place),
        join: { waitFor: 'all' },
        maxConcurrent: null,
      }),
    );
    return drawn.reduce((longer, other) => (other.endMs > longer.endMs ? other : longer));
  }

  #leaf(step: Step, place: Place): Drawing {
    const expected = step.kind === 'task' && place.attempt !== null ? { attemptTokens: place.attempt } : {};
    const known = { ...expected, ...settledBy(place), ...this.#known(place.plainPrefix + step.id, step) };
    const task: DrawnTask = leafTask(step, place.prefix + step.id, known);
    return { tasks: [task], edges: [], endMs: place.startMs + task.node.ms, cutShort: [], isChain: true };
  }
}

/** Whether it is declared how conflicts are settled, and whether somebody merges under guidance. */
function settledBy({ conflicts }: Place): Pick<TaskNode, 'settled'> {
  if (conflicts === null) return {};
  return { settled: conflictLadder(conflicts).includes('guided') ? 'guided' : 'merged' };
}

const isSoft = (workflow: Workflow): boolean => workflow.onFailure === 'best_effort';
