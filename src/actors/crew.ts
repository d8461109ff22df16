/**
 * The crew: who is there, and who plays what. A task finds its agent by step type first (a registered type needs no
 * persona), then by persona, then by the persona `*`, which takes whatever nobody else does.
 */
import type { Agent } from '../protocol/agent.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Task } from '../protocol/task.ts';
import { type AgentActor, type AgentGrace, startAgentActor } from './agent-actor.ts';
import type { Roles } from './crew-definition.ts';
import { type AgentFunction, functionAgent } from './function-agent.ts';

/** An agent, or a function to make one of. */
export type CrewMember = Agent | AgentFunction;

/** Who is registered for what. One agent object may stand in several places; it is one agent all the same. */
export interface CrewMembers {
  /** Persona → who plays it; `*` plays every persona nobody else does. A function becomes an agent named as its persona. */
  readonly personas?: Readonly<Record<string, CrewMember>>;
  /** Step type → who performs it, before personas are asked. A function becomes an agent named `type:<step type>`. */
  readonly stepTypes?: Readonly<Record<string, CrewMember>>;
  /** Further agents that play nothing by name yet. */
  readonly agents?: readonly Agent[];
  /** People by role, for questions that name one. Without it a role is only a word that is shown. */
  readonly roles?: Roles;
}

/** The agents of a runtime. */
export interface Crew {
  /** Who performs this task: by step type, else by persona, else `*`; null when nobody does. */
  find(task: Pick<Task, 'type' | 'persona'>): Agent | null;
  /** Persona names, `*` included if somebody plays it, in the order of registration. */
  personas(): readonly string[];
  /** Registered step types, in the order of registration. */
  stepTypes(): readonly string[];
  agents(): readonly Agent[];
  /** People by role; null, or absent, where the crew says nothing of roles. */
  roles?(): Roles | null;
  /** The live actor of an agent of this crew, or null for an agent of somebody else's. */
  actorOf(agent: Agent): AgentActor | null;
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
  const actors = new Map<string, AgentActor>();
  const register = (agent: Agent): Agent => {
    const known = actors.get(agent.id);
    if (known === undefined) actors.set(agent.id, startAgentActor(agent, grace));
    else if (known.agent !== agent) throw alreadyRegistered(agent.id);
    return agent;
  };
  const personas = new Map<string, Agent>();
  const stepTypes = new Map<string, Agent>();
  for (const [persona, member] of Object.entries(members.personas ?? {})) {
    personas.set(persona, register(asAgent(member, persona, `the crew's persona "${persona}"`)));
  }
  for (const [type, member] of Object.entries(members.stepTypes ?? {})) {
    stepTypes.set(type, register(asAgent(member, `type:${type}`, `the crew's step type "${type}"`)));
  }
  for (const agent of members.agents ?? []) register(asAgent(agent, '', 'a member of agents'));

  return {
    find: ({ type, persona }) => stepTypes.get(type) ?? (persona === null ? undefined : personas.get(persona)) ?? personas.get('*') ?? null,
    personas: () => [...personas.keys()],
    stepTypes: () => [...stepTypes.keys()],
    agents: () => Array.from(actors.values(), (actor) => actor.agent),
    roles: () => members.roles ?? null,
    actorOf: (agent) => {
      const actor = actors.get(agent.id);
      return actor?.agent === agent ? actor : null;
    },
    close: async () => {
      await Promise.all(Array.from(actors.values(), (actor) => actor.close()));
    },
  };
}

/**
 * Takes an agent as it is and makes one of a function.
 *
 * @param place where the member stands, for the message
 * @throws TroupeError DEFINITION_INVALID for anything else
 */
export function asAgent(member: unknown, id: string, place: string): Agent {
  if (typeof member === 'function') return functionAgent(id, member as AgentFunction);
  if (isAgent(member)) return member;
  throw new TroupeError('DEFINITION_INVALID', `${place} is neither a function nor an agent`, {
    hint: 'register an async function, or an object with an id and a perform method',
    retryable: false,
  });
}

function isAgent(value: unknown): value is Agent {
  if (typeof value !== 'object' || value === null) return false;
  const { id, perform } = value as Partial<Agent>;
  return typeof id === 'string' && id !== '' && typeof perform === 'function';
}

function alreadyRegistered(id: string): TroupeError {
  return new TroupeError('AGENT_ALREADY_REGISTERED', `two agents of the crew have the id "${id}"`, {
    hint: 'ids are unique within a crew: rename one, or register the same agent object in both places',
  });
}
