/** A workflow as a graph to be drawn: every step a node, groups and nested workflows nodes that hold others. */

import { memberEdges } from '../definition/member-edges.ts';
import type { DependencyEdge } from '../definition/step-data.ts';
import type { Step, VoteStep, Workflow } from '../definition/workflow.ts';

/** A step as a node of the graph. */
export interface GraphNode {
  /** The step's path: its id, prefixed by the nested workflows it stands in. */
  readonly id: string;
  readonly name: string;
  readonly kind: Step['kind'];
  readonly type: string;
  readonly persona: string | null;
  /** The group, choice or nested workflow it stands in, or null. */
  readonly parent: string | null;
  /** Which part of its parent: a branch of a choice; for what runs only after a failure, the list of handlers. */
  readonly part: 'then' | 'otherwise' | 'on_step_failure' | 'on_workflow_failure' | null;
  /** The condition under which it runs, as written. */
  readonly condition: string | null;
}

/** `to` starts when `from` has ended. Both stand in the same group; ids of nodes. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `hard`: `from` must have ended well; `soft`: order only; `conditional`: the edge is taken when `when` holds. */
  readonly kind: DependencyEdge['kind'];
  /** The question of a conditional edge, or null. */
  readonly when: string | null;
  /** Paths in the output of `from` that `to` takes. */
  readonly data: readonly string[];
}

/** A workflow as nodes and edges. */
export interface WorkflowGraph {
  readonly name: string;
  /** Parents before what stands in them, otherwise in the order of the file. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Draws a workflow's graph, nested workflows and bodies of maps included. */
export function workflowGraph(workflow: Workflow): WorkflowGraph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const drawGroup = (steps: readonly Step[], mode: 'graph' | 'sequential' | 'parallel', place: Place): void => {
    const path = (member: number) => place.prefix + (steps[member]?.id ?? '');
    memberEdges(steps, mode).forEach((waits, member) => {
      for (const { from, kind, when, data } of waits) edges.push({ from: path(from), to: path(member), kind, when, data });
    });
    for (const step of steps) drawStep(step, place);
  };
  const drawStep = (step: Step, place: Place): void => {
    const node = nodeOf(step, place);
    nodes.push(node);
    const inside: Place = { ...place, parent: node.id, part: null };
    switch (step.kind) {
      case 'group':
        drawGroup(step.steps, step.mode, inside);
        break;
      case 'vote':
        drawGroup(withJudge(step), 'parallel', inside);
        break;
      case 'choice':
        drawGroup(step.then, place.branches, { ...inside, part: 'then' });
        drawGroup(step.otherwise, place.branches, { ...inside, part: 'otherwise' });
        break;
      case 'map':
      case 'workflow':
        if (step.workflow !== undefined) drawWorkflow(step.workflow, `${node.id}/`, node.id);
        break;
    }
  };
  const drawWorkflow = (drawn: Workflow, prefix: string, parent: string | null): void => {
    const place: Place = { prefix, parent, part: null, branches: drawn.compat === 'engine' ? 'sequential' : 'graph' };
    drawGroup(drawn.steps, drawn.mode, place);
    drawGroup(drawn.onStepFailure, 'sequential', { ...place, part: 'on_step_failure' });
    drawGroup(drawn.onWorkflowFailure, 'sequential', { ...place, part: 'on_workflow_failure' });
  };
  drawWorkflow(workflow, '', null);
  return { name: workflow.name, nodes, edges };
}

/** Voters, and the judge who comes after them. */
function withJudge({ steps, judge }: VoteStep): readonly Step[] {
  if (judge === undefined) return steps;
  const voters = steps.map(({ id }) => id);
  return [...steps, { ...judge, dependencies: voters, edges: Object.fromEntries(voters.map((id) => [id, { kind: 'soft' }])) }];
}

/** Where a step stands. */
interface Place {
  readonly prefix: string;
  readonly parent: string | null;
  readonly part: GraphNode['part'];
  /** How branches are worked off. */
  readonly branches: 'graph' | 'sequential';
}

function nodeOf(step: Step, { prefix, parent, part }: Place): GraphNode {
  const { id, name, kind, type } = step;
  const persona = step.kind === 'task' ? (step.persona ?? null) : null;
  const condition = step.kind === 'choice' ? step.when : (step.condition ?? null);
  return { id: prefix + id, name, kind, type, persona, parent, part, condition };
}
