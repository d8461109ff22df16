/** A workflow's graph as a Mermaid flowchart, which documentation sites and code hosts draw. */
import type { GraphEdge, GraphNode, WorkflowGraph } from '../../index.ts';
import { truncate } from '../text/display-width.ts';
import { oneLine } from '../text/one-line.ts';

const LONGEST_LABEL = 60;

const PARTS: Readonly<Record<NonNullable<GraphNode['part']>, string>> = {
  then: 'then',
  otherwise: 'else',
  on_step_failure: 'when a step has failed',
  on_workflow_failure: 'when the workflow has failed',
};

/** The text of the flowchart. Node names are numbered, because ids may hold what Mermaid does not take. */
export function mermaidChart(graph: WorkflowGraph): string {
  const names = new Map(graph.nodes.map(({ id }, index) => [id, `s${index}`]));
  const name = (id: string) => names.get(id) ?? 's';
  const draw = (parent: string | null, indent: string): string[] => {
    const inside = graph.nodes.filter((node) => node.parent === parent);
    const plain = inside.filter(({ part }) => part === null).flatMap((node) => drawNode(node, indent));
    const parts = [...new Set(inside.map(({ part }) => part))].filter((part) => part !== null);
    return [...plain, ...parts.flatMap((part) => drawPart(parent, part, indent))];
  };
  const drawPart = (parent: string | null, part: NonNullable<GraphNode['part']>, indent: string): string[] => [
    `${indent}subgraph ${parent === null ? 'w' : name(parent)}_${part}["${PARTS[part]}"]`,
    ...graph.nodes.filter((node) => node.parent === parent && node.part === part).flatMap((node) => drawNode(node, `${indent}  `)),
    `${indent}end`,
  ];
  const drawNode = (node: GraphNode, indent: string): string[] => {
    const inner = draw(node.id, `${indent}  `);
    if (inner.length === 0) return [`${indent}${name(node.id)}${shape(node)}`];
    return [`${indent}subgraph ${name(node.id)}["${label(node)}"]`, ...inner, `${indent}end`];
  };
  const edges = graph.edges.map((edge) => `  ${name(edge.from)} ${arrow(edge)} ${name(edge.to)}`);
  return ['flowchart TD', ...draw(null, '  '), ...edges].join('\n');
}

/** Dotted for order only; the question on a conditional edge, else the data it carries. */
function arrow({ kind, when, data }: GraphEdge): string {
  const line = kind === 'soft' ? '-.->' : '-->';
  const said = when !== null ? `if ${when}` : kind === 'conditional' ? 'if completed' : data.join(', ');
  return said === '' ? line : `${line}|"${escaped(truncate(oneLine(said), LONGEST_LABEL))}"|`;
}

function shape(node: GraphNode): string {
  if (node.kind === 'signal' || node.kind === 'approval' || node.kind === 'sync') return `{{"${label(node)}"}}`;
  return node.kind === 'variables' ? `(["${label(node)}"])` : `["${label(node)}"]`;
}

function label({ id, kind, type, persona, condition }: GraphNode): string {
  const role = persona ?? (kind === 'task' ? type : kind === 'choice' ? 'choice' : type);
  const lines = [id.slice(id.lastIndexOf('/') + 1), role, ...(condition === null ? [] : [`if ${condition}`])];
  return lines.map((line) => escaped(truncate(oneLine(line), LONGEST_LABEL))).join('<br/>');
}

/** Mermaid reads `#name;` in a quoted label as a character. */
function escaped(text: string): string {
  return text.replace(/[#"<>&`]/gu, (character) => `#${character.codePointAt(0)};`);
}
