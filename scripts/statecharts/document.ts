import { readChart } from './chart.ts';
import { firstParagraph } from './essay.ts';
import type { FoundMachine } from './machine-files.ts';
import { mermaidDiagram } from './mermaid.ts';
import { messageTable } from './message-table.ts';

/** `docs/statecharts.md` as it should read for these machines: the same machines give the same text. */
export function statechartsDocument(machines: readonly FoundMachine[]): string {
  const sections = machines.map(section);
  const contents = machines.map((found) => `* [${found.exportName}](#${found.exportName.toLowerCase()}): \`${found.file}\``);
  return `${[
    '# The statecharts',
    'Generated from `src/machines` by `npm run docs:statecharts`; edit the machines, not this file.',
    contents.join('\n'),
    ...sections,
  ].join('\n\n')}\n`;
}

function section(found: FoundMachine): string {
  const chart = readChart(found.machine);
  const delays = Object.entries(found.machine.implementations.delays).map(([name, delay]) =>
    typeof delay === 'number' ? `\`${name}\` (${delay} ms)` : `\`${name}\``,
  );
  return [
    `## ${found.exportName}`,
    `\`${found.file}\`: ${firstParagraph(found.source)}`,
    `\`\`\`mermaid\n${mermaidDiagram(chart)}\n\`\`\``,
    messageTable(chart),
    ...(delays.length === 0 ? [] : [`Delays: ${delays.join(', ')}.`]),
  ].join('\n\n');
}
