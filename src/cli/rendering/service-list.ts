/** The services that agents call, and the circuit breakers before them, as a table. */
import type { ServiceView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import { type Column, table } from '../text/table.ts';
import { type AgentListOptions, breakerText } from './agent-list.ts';

/** The lines of the table. */
export function serviceList(services: readonly ServiceView[], { width, now, paint }: AgentListOptions): string[] {
  const columns: Column[] = [
    { title: 'SERVICE' },
    { title: 'FAILURES', align: 'right' },
    { title: 'BREAKER', paint: (cell, row) => (services[row]?.state === 'open' ? paint.red(cell) : cell) },
  ];
  const rows = services.map((view) => [oneLine(view.service), String(view.failures), breakerText(view, now)]);
  const [head = '', ...lines] = table(columns, rows, width);
  return [paint.dim(head), ...lines];
}
