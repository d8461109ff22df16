/** All agents as a table, and what is only worth a line of its own. */
import type { AgentView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { type Column, table } from '../text/table.ts';
import { dateTime, spanText } from '../text/time-text.ts';

/** How the list is shown. */
export interface AgentListOptions {
  readonly width: number;
  /** Ms since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** The lines of the table. */
export function agentList(agents: readonly AgentView[], { width, now, paint }: AgentListOptions): string[] {
  const columns: Column[] = [
    { title: 'AGENT' },
    { title: 'PARTS' },
    { title: 'STATE', paint: (cell, row) => paintOf(agents[row], paint)(cell) },
    { title: 'IN HAND', align: 'right' },
    { title: 'WELL', align: 'right' },
    { title: 'FAILED', align: 'right' },
    { title: 'SUCCESS', align: 'right' },
    { title: 'AVERAGE', align: 'right' },
    { title: 'BREAKER', paint: (cell, row) => (agents[row]?.breaker?.state === 'open' ? paint.red(cell) : cell) },
    { title: 'CAN', paint: (cell) => paint.dim(cell) },
  ];
  const rows = agents.map((agent) => [
    oneLine(agent.id),
    oneLine([...agent.personas, ...agent.stepTypes].join(', ')),
    agent.state,
    inHand(agent),
    String(agent.completed),
    String(agent.failed),
    agent.successRate === null ? '' : `${Math.round(agent.successRate * 100)} %`,
    agent.averageMs === null ? '' : spanText(agent.averageMs),
    breakerText(agent.breaker, now),
    oneLine(agent.capabilities?.join(', ') ?? ''),
  ]);
  const [head = '', ...lines] = table(columns, rows, width);
  return [paint.dim(head), ...lines];
}

/** Where a circuit breaker stands, in a word or two. */
export function breakerText(breaker: AgentView['breaker'], now: number): string {
  if (breaker === null) return '';
  const { state, openedAt, triedAt } = breaker;
  if (state === 'closed') return 'closed';
  if (state === 'halfOpen') return 'half-open';
  const span = openedAt === null ? '' : ` for ${spanText(Math.max(0, now - openedAt))}`;
  return `open${span}${triedAt === null ? '' : `, tried out ${dateTime(triedAt)}`}`;
}

function inHand({ state, tasks, capacity }: AgentView): string {
  if (state === 'absent') return capacity === null ? '' : `of ${capacity}`;
  return capacity === null ? String(tasks.length) : `${tasks.length} of ${capacity}`;
}

function paintOf(agent: AgentView | undefined, paint: Paint): (text: string) => string {
  if (agent?.state === 'idle' || agent?.state === 'busy') return agent.away === null ? paint.green : paint.yellow;
  return agent?.state === 'absent' ? paint.dim : paint.yellow;
}
