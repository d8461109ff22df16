/**
 * Agents that are made ready when the first task for them is there, not when they join: what it takes (importing a module) is spared where
 * nobody needs them. A set beside the agents, as with those whose reports are trusted: it is a matter of this folder alone.
 */
import type { Agent } from '../protocol/agent.ts';

const late = new WeakSet<Agent>();

/** Declares that this agent is started when it is wanted. Returns the agent. */
export function markLate(agent: Agent): Agent {
  late.add(agent);
  return agent;
}

/** True for agents that are started when they are wanted. */
export function startsLate(agent: Agent): boolean {
  return late.has(agent);
}
