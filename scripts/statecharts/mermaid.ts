import type { Chart, ChartMove, ChartState } from './chart.ts';

type Path = readonly string[];

const idOf = (path: Path): string => (path.length === 0 ? 'root' : path.join('__').replace(/[^\w]/g, '_'));
const samePath = (a: Path, b: Path): boolean => a.length === b.length && a.every((part, i) => part === b[i]);
const isInside = (inner: Path, outer: Path): boolean => inner.length > outer.length && outer.every((part, i) => part === inner[i]);
// Mermaid ends a label at a colon or a semicolon and takes angle brackets for markup.
const plain = (text: string): string =>
  text
    .replace(/[:;<>#{}"\n]/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();

/** `event [guard] / first, second`, as on a hand-drawn statechart. */
function moveLabel(move: ChartMove): string {
  const guard = move.guard === null ? '' : ` [${move.guard}]`;
  const actions = move.actions.length === 0 ? '' : ` / ${move.actions.join(', ')}`;
  return plain(`${move.trigger}${guard}${actions}`);
}

/**
 * A Mermaid `stateDiagram-v2` of a chart. Mermaid cannot draw an edge from a composite state to its own inside, so moves that
 * any inner state may make start from a small "any state" node drawn beside them.
 */
export function mermaidDiagram(chart: Chart): string {
  const lines = ['stateDiagram-v2'];
  drawInside(chart, [], lines, '  ');
  return lines.join('\n');
}

function drawInside(chart: Chart, parent: Path, lines: string[], indent: string): void {
  const owner = chart.states.find((state) => samePath(state.path, parent));
  const children = chart.states.filter((state) => state.path.length === parent.length + 1 && isInside(state.path, parent));
  if (owner?.initial) lines.push(`${indent}[*] --> ${idOf([...parent, owner.initial])}`);
  children.forEach((child, nth) => {
    if (owner?.kind === 'parallel' && nth > 0) lines.push(`${indent}--`);
    drawState(chart, child, lines, indent);
  });
  if (parent.length === 0) drawMoves(chart, lines, indent);
}

function drawState(chart: Chart, state: ChartState, lines: string[], indent: string): void {
  const id = idOf(state.path);
  lines.push(`${indent}state "${plain(state.path.at(-1) ?? '')}" as ${id}`);
  if (state.kind === 'compound' || state.kind === 'parallel') {
    lines.push(`${indent}state ${id} {`);
    drawInside(chart, state.path, lines, `${indent}  `);
    lines.push(`${indent}}`);
    return;
  }
  for (const text of [
    ...state.entry.map((action) => `entry / ${action}`),
    ...state.exit.map((action) => `exit / ${action}`),
    ...state.invokes.map((child) => `runs ${child}`),
    ...chart.moves.filter((move) => move.targets.length === 0 && samePath(move.from, state.path)).map(moveLabel),
  ]) {
    lines.push(`${indent}${id} : ${plain(text)}`);
  }
  if (state.kind === 'final') lines.push(`${indent}${id} --> [*]`);
}

function drawMoves(chart: Chart, lines: string[], indent: string): void {
  const leaves = new Set(
    chart.states.filter((state) => state.kind !== 'compound' && state.kind !== 'parallel').map((state) => idOf(state.path)),
  );
  const drawn = new Set<string>();
  const anyOf = (path: Path): string => {
    const id = `${idOf(path)}__any`;
    if (!drawn.has(id)) lines.push(`${indent}state "any state${path.length === 0 ? '' : ` of ${path.at(-1)}`}" as ${id}`);
    drawn.add(id);
    return id;
  };
  for (const move of chart.moves) {
    if (move.targets.length === 0 && !leaves.has(idOf(move.from))) lines.push(`${indent}${anyOf(move.from)} : ${moveLabel(move)}`);
    for (const target of move.targets) {
      const fromAny = move.from.length === 0 || isInside(target, move.from);
      lines.push(`${indent}${fromAny ? anyOf(move.from) : idOf(move.from)} --> ${idOf(target)} : ${moveLabel(move)}`);
    }
  }
}
