/** Who of a pool is given a task, and why the others are not. */
import { AGENT_WEIGHTS, type AgentRecord, type AgentScore, type AgentWeights, agentScore } from './agent-score.ts';

/** An agent that plays the part, as it stands. */
export interface AgentOffer {
  readonly id: string;
  /** null: it has not said what it can do, and is taken at the word of its part. */
  readonly capabilities: readonly string[] | null;
  readonly record: AgentRecord;
  /** Tasks in its hands, and how many it may have. */
  readonly inFlight: number;
  readonly capacity: number;
  /** Why it takes nothing now, whoever asks: it is away, under repair, or its circuit breaker is open. null: it takes tasks. */
  readonly away: string | null;
}

/** What a task asks of whoever does it. */
export interface AgentWish {
  readonly capabilities: readonly string[];
  /** Id of the agent that had better do it; null: no matter who. */
  readonly preferred: string | null;
  /** Id of the agent that has worked for the same step before; null: nobody. */
  readonly former: string | null;
}

/** Why an agent was not looked at. `unfit` will never do, `away` and `busy` may do later. */
export interface AgentRefusal {
  readonly id: string;
  readonly kind: 'unfit' | 'away' | 'busy';
  readonly why: string;
}

/** What matching came to: the best first, and whoever was not looked at. */
export interface AgentMatch {
  readonly ranked: readonly { readonly id: string; readonly score: AgentScore }[];
  readonly refused: readonly AgentRefusal[];
}

/** How much an agent is suited by what is asked for: 1 for the one that is asked for, a half for the one that knows the step, else 0. */
export function affinityOf(id: string, { preferred, former }: Pick<AgentWish, 'preferred' | 'former'>): number {
  if (id === preferred) return 1;
  return id === former ? 0.5 : 0;
}

/** Whether somebody can do all that is asked for. */
export function canDo(capabilities: AgentOffer['capabilities'], wanted: readonly string[]): boolean {
  return capabilities === null || wanted.every((each) => capabilities.includes(each));
}

/** Why an agent is not looked at; null when it is. */
export function refusalOf(offer: AgentOffer, wish: AgentWish): AgentRefusal | null {
  const { id } = offer;
  const { capabilities } = offer;
  const missing = capabilities === null ? [] : wish.capabilities.filter((each) => !capabilities.includes(each));
  if (missing.length > 0) return { id, kind: 'unfit', why: `it cannot do ${missing.join(', ')}` };
  if (offer.away !== null) return { id, kind: 'away', why: offer.away };
  if (offer.inFlight >= offer.capacity)
    return { id, kind: 'busy', why: offer.inFlight === 1 ? 'it has a task' : `it has ${offer.inFlight} tasks` };
  return null;
}

/**
 * Ranks the agents of a pool for a task at `now`, ms since the epoch: the one that is asked for by its id first, then by score, and among
 * equals in the order in which they were registered, so that the same question always has the same answer.
 */
export function matchAgents(
  wish: AgentWish,
  offers: readonly AgentOffer[],
  now: number,
  weights: AgentWeights = AGENT_WEIGHTS,
): AgentMatch {
  const refused: AgentRefusal[] = [];
  const fit = offers.filter((offer) => {
    const refusal = refusalOf(offer, wish);
    if (refusal !== null) refused.push(refusal);
    return refusal === null;
  });
  const fastestMs = fastest(fit);
  const ranked = fit.map(({ id, record, inFlight, capacity }) => ({
    id,
    score: agentScore({ record, inFlight, capacity, affinity: affinityOf(id, wish), now, fastestMs }, weights),
  }));
  const isPreferred = (id: string): number => (id === wish.preferred ? 1 : 0);
  return { ranked: ranked.sort((a, b) => isPreferred(b.id) - isPreferred(a.id) || b.score.total - a.score.total), refused };
}

function fastest(offers: readonly AgentOffer[]): number | null {
  let least: number | null = null;
  for (const { record } of offers) if (record.averageMs !== null && (least === null || record.averageMs < least)) least = record.averageMs;
  return least;
}
