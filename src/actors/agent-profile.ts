import type { Agent } from '../protocol/agent.ts';
import { markTrusted, reportsAreTrusted } from './trusted-report.ts';

/** What may be said of any agent, however it is made; what is left out is as the agent itself says. */
export type AgentProfile = Pick<Agent, 'capabilities' | 'capacity' | 'breaker'>;

/** The same agent with what is said of it. It is trusted as it was. */
export function profiled(agent: Agent, { capabilities, capacity, breaker }: AgentProfile): Agent {
  const profile: AgentProfile = {
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(breaker === undefined ? {} : { breaker }),
  };
  if (Object.keys(profile).length === 0) return agent;
  const same = { ...agent, ...profile };
  return reportsAreTrusted(agent) ? markTrusted(same) : same;
}
