/**
 * The crew: who is there, and who plays what. A task finds its agents by step type first (a registered type needs no
 * persona), then by persona, then by the persona `*`, which takes whatever nobody else does. Who of several plays a part
 * this time is decided elsewhere: here is only who may.
 */
import type { Agent } from '../../protocol/agent.ts';
import type { AgentAdapter } from '../../protocol/agent-adapter.ts';
import { TroupeError } from '../../protocol/errors.ts';
import type { Task } from '../../protocol/task.ts';
import { asAgent } from '../as-agent.ts';
import type { AgentFunction } from '../function-agent.ts';
import { startsLate } from '../late-start.ts';
import { type AgentActor, type AgentGrace, startAgentActor } from '../pool/agent-actor.ts';
import { lateActor } from '../pool/late-actor.ts';
import type { ServiceTerms } from '../services/services.ts';
import type { Roles } from './crew-definition.ts';
import { checkedLimits, type KindLimits } from './crew-limits.ts';
import { CrewParts } from './crew-parts.ts';

/** An agent, or an adapter or a function to make one of. */
export type CrewMember = Agent | AgentAdapter | AgentFunction;

/** Who plays a part: one agent, or several that take turns as they suit a task. */
export type Cast = CrewMember | readonly CrewMember[];

/** Who is registered for what. One agent object may stand in several places; it is one agent all the same. */
export interface CrewMembers {
  /** Persona → who plays it; `*` plays every persona nobody else does. A function becomes an agent named as its persona; further ones `<persona>.2`, `<persona>.3`, … */
  readonly personas?: Readonly<Record<string, Cast>>;
  /** Step type → who performs it, before personas are asked. A function becomes an agent named `type:<step type>`. */
  readonly stepTypes?: Readonly<Record<string, Cast>>;
  /** Further agents that play nothing by name yet. */
  readonly agents?: readonly Agent[];
  /** People by role, for questions that name one. Without it a role is only a word that is shown. */
  readonly roles?: Roles;
  /** How patient the circuit breakers before the services are that its agents call, by name; others have the defaults. */
  readonly services?: ServiceTerms;
  /** By persona, or by step type for steps without one: so many tasks at once, whoever plays it. Default: no limit but that of the runtime. */
  readonly maxConcurrent?: KindLimits;
}

/** Which agents are asked for; what is left out does not matter. */
export interface AgentQuery {
  readonly persona?: string;
  readonly stepType?: string;
  readonly capability?: string;
  /** true: only those that take tasks now. */
  readonly available?: boolean;
}

/** Parts that an agent plays. */
export interface Parts {
  readonly personas?: readonly string[];
  readonly stepTypes?: readonly string[];
}

/** The agents of a runtime. */
export interface Crew {
  /**
   * Who may perform this task: by step type, else by persona, else `*`, in the order of registration; none when nobody does. The same list
   * for the same part until somebody joins it or leaves.
   */
  candidates(task: Pick<Task, 'type' | 'persona'>): readonly Agent[];
  /** Persona names, `*` included if somebody plays it, in the order of registration. */
  personas(): readonly string[];
  /** Registered step types, in the order of registration. */
  stepTypes(): readonly string[];
  /** All agents, or those that are asked for, in the order of registration. */
  agents(query?: AgentQuery): readonly Agent[];
  /** The agent of this id; null when there is none. */
  agent(id: string): Agent | null;
  /** People by role; null, or absent, where the crew says nothing of roles. */
  roles?(): Roles | null;
  /** How patient the circuit breakers before services are, by name; null, or absent, where the crew says nothing of services. */
  services?(): ServiceTerms | null;
  /** So many tasks at once by persona or step type; null, or absent, where the crew says nothing of it. */
  maxConcurrent?(): KindLimits | null;
  /** The live actor of an agent of this crew, or null for an agent of somebody else's. */
  actorOf(agent: Agent): AgentActor | null;
  /** An agent joins, and plays these parts beside whoever does. @throws TroupeError AGENT_ALREADY_REGISTERED */
  register(agent: Agent, parts: Parts): void;
  /** An agent leaves: it is given nothing more, finishes what it has and is closed. Resolves with false when there is none of this id. */
  unregister(id: string): Promise<boolean>;
  /** Calls back when somebody has joined or left. Returns what ends that. */
  watch(listener: () => void): () => void;
  /** Waits for tasks in flight and closes every agent once. Resolves always, however often it is called. */
  close(): Promise<void>;
}

/**
 * Registers agents and starts their actors. Plain functions are welcome wherever an agent is:
 * `createCrew({ personas: { planner: async ({ task }) => ({ plan: … }) }, stepTypes: { 'git-operation': fn } })`.
 *
 * @param grace how long closing waits, ms (see `AgentGrace`)
 * @throws TroupeError AGENT_ALREADY_REGISTERED when two agents share an id, DEFINITION_INVALID for a member that is neither agent nor function
 */
export function createCrew(members: CrewMembers, grace: Partial<AgentGrace> = {}): Crew {
  const crew = new RegisteredCrew(grace, members);
  for (const [persona, cast] of Object.entries(members.personas ?? {})) {
    for (const agent of castOf(cast, persona, `the crew's persona "${persona}"`)) crew.enrol(agent, { personas: [persona] });
  }
  for (const [type, cast] of Object.entries(members.stepTypes ?? {})) {
    for (const agent of castOf(cast, `type:${type}`, `the crew's step type "${type}"`)) crew.enrol(agent, { stepTypes: [type] });
  }
  for (const agent of members.agents ?? []) crew.enrol(asAgent(agent, '', 'a member of agents'), {});
  return crew;
}

const NOBODY: readonly Agent[] = [];

/** Its methods are its own, so that a crew can be spread into another that differs in some of them. */
class RegisteredCrew implements Crew {
  readonly #grace: Partial<AgentGrace>;
  readonly #actors = new Map<string, AgentActor>();
  readonly #personas = new CrewParts();
  readonly #stepTypes = new CrewParts();
  readonly #listeners = new Set<() => void>();
  #leaving: Promise<unknown>[] = [];
  readonly roles: () => Roles | null;
  readonly services: () => ServiceTerms | null;
  readonly maxConcurrent: () => KindLimits | null;

  constructor(grace: Partial<AgentGrace>, { roles, services, maxConcurrent }: CrewMembers) {
    const limits = maxConcurrent === undefined ? null : checkedLimits(maxConcurrent);
    this.#grace = grace;
    this.roles = () => roles ?? null;
    this.services = () => services ?? null;
    this.maxConcurrent = () => limits;
  }

  readonly candidates = ({ type, persona }: Pick<Task, 'type' | 'persona'>): readonly Agent[] => {
    return (
      this.#stepTypes.cast(type) ?? (persona === null ? undefined : this.#personas.cast(persona)) ?? this.#personas.cast('*') ?? NOBODY
    );
  };

  readonly personas = (): readonly string[] => {
    return this.#personas.names();
  };

  readonly stepTypes = (): readonly string[] => {
    return this.#stepTypes.names();
  };

  readonly agents = ({ persona, stepType, capability, available }: AgentQuery = {}): readonly Agent[] => {
    return Array.from(this.#actors.values())
      .filter((actor) => available !== true || actor.refusal() === null)
      .map(({ agent }) => agent)
      .filter((agent) => persona === undefined || this.#personas.has(persona, agent))
      .filter((agent) => stepType === undefined || this.#stepTypes.has(stepType, agent))
      .filter(({ capabilities = [] }) => capability === undefined || capabilities.includes(capability));
  };

  readonly agent = (id: string): Agent | null => {
    return this.#actors.get(id)?.agent ?? null;
  };

  readonly actorOf = (agent: Agent): AgentActor | null => {
    const actor = this.#actors.get(agent.id);
    return actor?.agent === agent ? actor : null;
  };

  readonly register = (agent: Agent, parts: Parts = {}): void => {
    if (this.#actors.has(agent.id)) throw alreadyRegistered(agent.id);
    this.enrol(asAgent(agent, '', 'what is registered'), parts);
    for (const listener of [...this.#listeners]) listener();
  };

  /** As `register`, but one agent may be named for several parts one after the other. */
  readonly enrol = (agent: Agent, { personas = [], stepTypes = [] }: Parts): void => {
    const known = this.#actors.get(agent.id);
    if (known === undefined) this.#actors.set(agent.id, this.#actor(agent));
    else if (known.agent !== agent) throw alreadyRegistered(agent.id);
    for (const persona of personas) this.#personas.join(persona, agent);
    for (const type of stepTypes) this.#stepTypes.join(type, agent);
  };

  #actor(agent: Agent): AgentActor {
    const start = (): AgentActor => startAgentActor(agent, this.#grace);
    return startsLate(agent) ? lateActor(agent, start) : start();
  }

  readonly unregister = async (id: string): Promise<boolean> => {
    const actor = this.#actors.get(id);
    if (actor === undefined) return false;
    this.#actors.delete(id);
    this.#personas.leave(actor.agent);
    this.#stepTypes.leave(actor.agent);
    const closed = actor.close();
    this.#leaving.push(closed);
    for (const listener of [...this.#listeners]) listener();
    await closed;
    this.#leaving = this.#leaving.filter((each) => each !== closed);
    return true;
  };

  readonly watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly close = async (): Promise<void> => {
    await Promise.all([...this.#leaving, ...Array.from(this.#actors.values(), (actor) => actor.close())]);
  };
}

function castOf(cast: Cast, id: string, place: string): Agent[] {
  if (!Array.isArray(cast)) return [asAgent(cast, id, place)];
  return cast.map((member, at) => asAgent(member, at === 0 ? id : `${id}.${at + 1}`, place));
}

function alreadyRegistered(id: string): TroupeError {
  return new TroupeError('AGENT_ALREADY_REGISTERED', `two agents of the crew have the id "${id}"`, {
    hint: 'ids are unique within a crew: rename one, or register the same agent object in both places',
  });
}
