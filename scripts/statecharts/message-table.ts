import type { Chart, ChartMove } from './chart.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${cell(text)}\``;
const codes = (texts: readonly string[]): string => (texts.length === 0 ? '' : texts.map(code).join(', '));
const pathWords = (path: readonly string[]): string => (path.length === 0 ? 'any state' : path.join('.'));

/**
 * A Markdown table of everything a machine answers: the message, the states that answer it, the condition, what is done and
 * where it leads. Moves that differ only in the state they start from share a row. What composite states do on entering and
 * leaving closes the table, because the diagram cannot show it.
 */
export function messageTable(chart: Chart): string {
  const rows = new Map<string, { readonly move: ChartMove; readonly from: string[] }>();
  for (const move of chart.moves) {
    const key = JSON.stringify([move.trigger, move.guard, move.actions, move.targets]);
    const row = rows.get(key);
    if (row) row.from.push(pathWords(move.from));
    else rows.set(key, { move, from: [pathWords(move.from)] });
  }
  const order = [...new Set(chart.moves.map((move) => move.trigger))];
  const sorted = [...rows.values()].sort((a, b) => order.indexOf(a.move.trigger) - order.indexOf(b.move.trigger));
  return [
    '| message | in | if | does | then |',
    '| --- | --- | --- | --- | --- |',
    ...sorted.map(({ move, from }) => {
      const leadsTo = move.targets.length === 0 ? 'stays' : codes(move.targets.map(pathWords));
      return `| ${code(move.trigger)} | ${codes(from)} | ${move.guard === null ? '' : code(move.guard)} | ${codes(move.actions)} | ${leadsTo} |`;
    }),
    ...chart.states.flatMap((state) =>
      state.kind !== 'compound' && state.kind !== 'parallel'
        ? []
        : [
            ...(state.entry.length === 0 ? [] : [`| on entering | ${code(pathWords(state.path))} |  | ${codes(state.entry)} | stays |`]),
            ...(state.exit.length === 0 ? [] : [`| on leaving | ${code(pathWords(state.path))} |  | ${codes(state.exit)} | leaves |`]),
          ],
    ),
  ].join('\n');
}
