/** The agents of a house as people look at them: what they play, what they are at, how they did, and whether they are spared. */
import type { Crew } from '../actors/crews/crew.ts';
import type { AgentState } from '../actors/pool/agent-actor.ts';
import type { Member } from '../actors/pool/member.ts';
import type { AgentHistory } from '../actors/pool/roster.ts';
import type { LearnedUse } from '../actors/resources/usage-book.ts';
import { type AgentRecord, NEW_AGENT } from '../policy/agent-score.ts';
import type { Agent, BreakerTerms } from '../protocol/agent.ts';
import { type BreakerView, breakerView, NEVER_CALLED } from './breaker-view.ts';

/** An agent, as it stands. Plain JSON. */
export interface AgentView {
  readonly id: string;
  /** What it plays, in the order of registration; nothing for an agent that is only remembered. */
  readonly personas: readonly string[];
  readonly stepTypes: readonly string[];
  /** What it can do; null: it has not said. */
  readonly capabilities: readonly string[] | null;
  /** Tasks it may have in hand at once; null: no limit. */
  readonly capacity: number | null;
  /** `absent`: it is not at work here; what is known of it is from before. */
  readonly state: AgentState | 'absent';
  /** Why it takes no tasks now; null: it does, or it is absent. */
  readonly away: string | null;
  /** Keys of the tasks in its hands, the oldest first. */
  readonly tasks: readonly string[];
  /** Attempts that ended well, and that failed, by its own word or because it broke. */
  readonly completed: number;
  readonly failed: number;
  /** The share of these that ended well, 0 to 1; null when there are none. */
  readonly successRate: number | null;
  /** Average duration of an attempt that ended well, ms; null when none has. */
  readonly averageMs: number | null;
  /** When the last one ended well, ms since the epoch; null when none has. */
  readonly lastCompletedAt: number | null;
  /** null: none stands before it. */
  readonly breaker: BreakerView | null;
  /** What its calls have used on average, by workflow and step; the step that it worked for last at the end. */
  readonly uses: readonly UseView[];
}

/** What calls of an agent for one step have used: moving averages (α = 0.3) of what was told; what never was is absent. */
export type UseView = Omit<LearnedUse, 'agent'>;

/** What a view of agents is made of. */
export interface AgentSources {
  /** Who is there; null: nobody is known. */
  readonly crew: Pick<Crew, 'agents' | 'personas' | 'stepTypes' | 'actorOf'> | null;
  /** Whether those of the crew are at work here. */
  readonly areHere: boolean;
  /** The agent as a member of pools; null: it has not been looked at yet. */
  readonly memberOf: (agent: Agent) => Member | null;
  /** By agent id: what is known from before. */
  readonly history: Readonly<Record<string, AgentHistory>>;
  /** What was learned of what agents use. */
  readonly uses: readonly LearnedUse[];
  /** How patient circuit breakers are where an agent does not say; null: none stands before such agents. */
  readonly breakers: BreakerTerms | null;
  /** ms since the epoch. */
  readonly now: number;
}

/** Every agent of the crew in the order of registration, then those that are only remembered, by id. */
export function agentViews(sources: AgentSources): AgentView[] {
  const { crew, history } = sources;
  const agents = crew?.agents() ?? [];
  const personas = partsBy(crew?.personas() ?? [], (persona) => crew?.agents({ persona }) ?? []);
  const stepTypes = partsBy(crew?.stepTypes() ?? [], (stepType) => crew?.agents({ stepType }) ?? []);
  const ids = new Set(agents.map(({ id }) => id));
  const remembered = Object.keys(history).filter((id) => !ids.has(id));
  return [
    ...agents.map((agent) => presentView(agent, personas.get(agent) ?? [], stepTypes.get(agent) ?? [], sources)),
    ...remembered.sort().map((id) => rememberedView(id, sources)),
  ];
}

function partsBy(parts: readonly string[], players: (part: string) => readonly Agent[]): Map<Agent, string[]> {
  const played = new Map<Agent, string[]>();
  for (const part of parts) for (const agent of players(part)) played.set(agent, [...(played.get(agent) ?? []), part]);
  return played;
}

function presentView(agent: Agent, personas: readonly string[], stepTypes: readonly string[], sources: AgentSources): AgentView {
  const { crew, areHere, breakers, history, memberOf, now } = sources;
  const member = memberOf(agent);
  const known = Object.hasOwn(history, agent.id) ? history[agent.id] : undefined;
  const terms = agent.breaker ?? breakers ?? false;
  const standing = member === null ? (known?.breaker ?? null) : (member.breaker?.standing() ?? null);
  const actor = crew?.actorOf(agent) ?? null;
  return {
    id: agent.id,
    personas,
    stepTypes,
    capabilities: agent.capabilities ?? null,
    capacity: agent.capacity ?? null,
    state: areHere ? (actor?.standing().state ?? 'idle') : 'absent',
    away: areHere ? (member === null ? (actor?.refusal() ?? null) : member.away) : null,
    tasks: member?.tasks ?? [],
    ...figuresOf(member?.record ?? known?.record),
    breaker: terms === false ? null : breakerView(standing ?? NEVER_CALLED, terms, now),
    uses: usesOf(agent.id, sources),
  };
}

function rememberedView(id: string, sources: AgentSources): AgentView {
  const { history, breakers, now } = sources;
  const known = history[id];
  return {
    id,
    personas: [],
    stepTypes: [],
    capabilities: null,
    capacity: null,
    state: 'absent',
    away: null,
    tasks: [],
    ...figuresOf(known?.record),
    breaker: known === undefined || known.breaker === null ? null : breakerView(known.breaker, breakers, now),
    uses: usesOf(id, sources),
  };
}

const usesOf = (id: string, { uses }: AgentSources): UseView[] => uses.flatMap(({ agent, ...use }) => (agent === id ? [use] : []));

function figuresOf(
  record: AgentRecord = NEW_AGENT,
): Pick<AgentView, 'completed' | 'failed' | 'successRate' | 'averageMs' | 'lastCompletedAt'> {
  const { completed, failed, averageMs, lastCompletedAt } = record;
  return { completed, failed, successRate: completed + failed === 0 ? null : completed / (completed + failed), averageMs, lastCompletedAt };
}
