/** How agents did, as a store keeps it from one process to the next: looking at it where nobody is at work, and mending it. */
import type { Crew } from '../actors/crews/crew.ts';
import type { AgentHistory } from '../actors/pool/roster.ts';
import type { BreakerTerms } from '../protocol/agent.ts';
import type { JournalStore } from '../protocol/journal.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { agentNotFound } from './agent-orders.ts';
import { type AgentView, agentViews } from './agents-view.ts';
import { isStanding, lastMovedAt } from './kept-standing.ts';
import { keptUsage } from './kept-usage.ts';

/** The name of the document in which a house remembers how its agents did. */
const AGENTS_DOCUMENT = 'agents';

/**
 * So many agents are remembered that are not of the crew: names that come and go would else make the document grow for ever. It is written whole,
 * once a second at most; an agent takes some 200 bytes, so that this many take a tenth of a megabyte.
 */
export const MOST_REMEMBERED = 500;

/** By agent id. What cannot be read is not remembered. */
export type AgentHistories = Readonly<Record<string, AgentHistory>>;

/** What the store remembers of agents. */
export function keptHistory(store: Pick<JournalStore, 'kept'>): AgentHistories {
  const kept = store.kept?.(AGENTS_DOCUMENT) ?? {};
  return Object.fromEntries(Object.entries(kept).flatMap(([id, each]) => (isHistory(each) ? [[id, each as unknown as AgentHistory]] : [])));
}

/**
 * Keeps what has been learned of some agents beside what is remembered of others; an agent of which nothing is known takes no room. Of
 * others, those are remembered that were seen last (`MOST_REMEMBERED`).
 *
 * @param when `now`: it is in the store when this returns
 * @throws TroupeError STORE_FULL, STORE_UNWRITABLE or STORE_CLOSED
 */
export function keepHistory(store: Pick<JournalStore, 'kept' | 'keep'>, learned: AgentHistories, when: 'soon' | 'now'): void {
  if (store.keep === undefined) return;
  const kept = keptHistory(store);
  const worth = Object.entries(learned).filter(([id, each]) => Object.hasOwn(kept, id) || isTelling(each));
  if (worth.length === 0) return;
  const others = Object.entries(kept).filter(([id]) => !Object.hasOwn(learned, id));
  const remembered = others.length <= MOST_REMEMBERED ? others : latest(others);
  store.keep(AGENTS_DOCUMENT, Object.fromEntries([...remembered, ...worth]) as unknown as JsonObject, when);
}

const latest = (others: readonly [string, AgentHistory][]): [string, AgentHistory][] =>
  others.toSorted(([, a], [, b]) => lastSeenAt(b) - lastSeenAt(a)).slice(0, MOST_REMEMBERED);

/** When an agent was last heard of, ms since the epoch; 0 when nobody knows. */
function lastSeenAt({ record, breaker }: AgentHistory): number {
  return Math.max(record.lastCompletedAt ?? 0, breaker === null ? 0 : lastMovedAt(breaker));
}

/** Every agent of a crew, and every other one that the store remembers, as they stand while nobody is at work; at `now`, ms since the epoch. */
export function readAgents(
  store: Pick<JournalStore, 'kept'>,
  now: number,
  options: { readonly crew?: Crew | null; readonly breakers?: BreakerTerms } = {},
): AgentView[] {
  const { crew = null, breakers = null } = options;
  return agentViews({ crew, areHere: false, memberOf: () => null, history: keptHistory(store), uses: keptUsage(store), breakers, now });
}

/**
 * Closes the circuit breaker before an agent where nobody is at work: whoever is next begins with that.
 *
 * @throws TroupeError AGENT_NOT_FOUND when the store remembers no such agent, STORE_…
 */
export function resetStoredAgent(store: Pick<JournalStore, 'kept' | 'keep'>, agent: string): void {
  const kept = keptHistory(store);
  const known = Object.hasOwn(kept, agent) ? kept[agent] : undefined;
  if (known === undefined) throw agentNotFound(agent, Object.keys(kept));
  keepHistory(store, { [agent]: { ...known, breaker: null } }, 'now');
}

function isTelling({ record, breaker }: AgentHistory): boolean {
  return record.completed + record.failed > 0 || (breaker !== null && (breaker.failures.length > 0 || breaker.openedAt !== null));
}

/** It may have been written by anybody. */
function isHistory(value: unknown): boolean {
  if (!isJsonObject(value) || !isJsonObject(value.record)) return false;
  const { completed, failed, averageMs, lastCompletedAt } = value.record;
  const isRecord = [completed, failed].every(isNumber) && [averageMs, lastCompletedAt].every((each) => each === null || isNumber(each));
  return isRecord && (value.breaker === null || isStanding(value.breaker));
}

const isNumber = (value: unknown): boolean => typeof value === 'number';
