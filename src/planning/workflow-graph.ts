/** A workflow as a graph to be drawn: every step a node, groups and nested workflows nodes that hold others. */
import type { Step, Workflow } from '../definition/workflow.ts';
import { blueprintOf, type GroupBlueprint, type StepBlueprint, type WorkflowBlueprint } from './blueprint.ts';

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
}

/** A workflow as nodes and edges. */
export interface WorkflowGraph {
  readonly name: string;
  /** Parents before what stands in them, otherwise in the order of the file. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Draws a workflow's graph, nested workflows included. Throws TroupeError EXPRESSION_INVALID for a workflow that was not loaded without errors. */
export function workflowGraph(workflow: Workflow): WorkflowGraph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const drawGroup = (group: GroupBlueprint, place: Place): void => {
    const paths = group.members.map(({ step }) => place.prefix + step.id);
    group.dependents.forEach((dependents, member) => {
      for (const dependent of dependents) edges.push({ from: paths[member] ?? '', to: paths[dependent] ?? '' });
    });
    for (const member of group.members) drawStep(member, place);
  };
  const drawStep = (blueprint: StepBlueprint, place: Place): void => {
    const { step, members, branches, nested } = blueprint;
    const node = nodeOf(step, place);
    nodes.push(node);
    const inside: Place = { prefix: place.prefix, parent: node.id, part: null };
    if (members !== null) drawGroup(members, inside);
    if (branches !== null) {
      drawGroup(branches.then, { ...inside, part: 'then' });
      drawGroup(branches.otherwise, { ...inside, part: 'otherwise' });
    }
    if (nested !== null) drawWorkflow(nested, { prefix: `${node.id}/`, parent: node.id, part: null });
  };
  const drawWorkflow = ({ root, onStepFailure, onWorkflowFailure }: WorkflowBlueprint, place: Place): void => {
    drawGroup(root, place);
    if (onStepFailure !== null) drawGroup(onStepFailure, { ...place, part: 'on_step_failure' });
    if (onWorkflowFailure !== null) drawGroup(onWorkflowFailure, { ...place, part: 'on_workflow_failure' });
  };
  drawWorkflow(blueprintOf(workflow), { prefix: '', parent: null, part: null });
  return { name: workflow.name, nodes, edges };
}

/** Where a step stands. */
interface Place {
  readonly prefix: string;
  readonly parent: string | null;
  readonly part: GraphNode['part'];
}

function nodeOf(step: Step, { prefix, parent, part }: Place): GraphNode {
  const { id, name, kind, type } = step;
  const persona = step.kind === 'task' ? (step.persona ?? null) : null;
  const condition = step.kind === 'choice' ? step.when : (step.condition ?? null);
  return { id: prefix + id, name, kind, type, persona, parent, part, condition };
}
