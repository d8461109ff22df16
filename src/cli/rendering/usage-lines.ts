/** What the calls of an agent have used on average, step by step, as a table. */
import type { UseView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import { type Column, table } from '../text/table.ts';
import { spanText } from '../text/time-text.ts';
import type { AgentListOptions } from './agent-list.ts';

const COLUMNS: readonly Column[] = [
  { title: 'WORKFLOW' },
  { title: 'STEP' },
  { title: 'CALLS', align: 'right' },
  { title: 'TOKENS', align: 'right' },
  { title: 'MEMORY', align: 'right' },
  { title: 'CORES', align: 'right' },
  { title: 'TIME', align: 'right' },
];

/** The lines of the table; one line where nothing is known. */
export function usageLines(uses: readonly UseView[], { width, paint }: Pick<AgentListOptions, 'width' | 'paint'>): string[] {
  if (uses.length === 0) return ['What it uses is not known yet.'];
  const rows = uses.map(({ workflow, step, calls, tokens, memoryMb, cpu, ms }) => [
    oneLine(workflow),
    oneLine(step),
    String(calls),
    amount(tokens),
    memoryMb === undefined ? '' : `${amount(memoryMb)} MB`,
    cpu === undefined ? '' : String(Math.round(cpu * 100) / 100),
    ms === undefined ? '' : spanText(ms),
  ]);
  const [head = '', ...lines] = table(COLUMNS, rows, width);
  return [paint.dim(head), ...lines];
}

const amount = (value: number | undefined): string => (value === undefined ? '' : Math.ceil(value).toLocaleString('en'));
