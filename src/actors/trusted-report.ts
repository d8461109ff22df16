/**
 * Agents made by our own adapters check what they report; the dispatcher need not walk it a second time. Anybody else's
 * agent is checked by the dispatcher. A set beside the agents, not a flag on them: nobody outside can claim the trust.
 */
import type { Agent } from '../protocol/agent.ts';

const trusted = new WeakSet<Agent>();

/** Declares that every report of this agent is well-formed plain JSON already. Returns the agent. */
export function markTrusted(agent: Agent): Agent {
  trusted.add(agent);
  return agent;
}

/** True for agents whose reports need no further check. */
export function reportsAreTrusted(agent: Agent): boolean {
  return trusted.has(agent);
}
