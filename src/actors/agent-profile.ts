import type { Agent } from '../protocol/agent.ts';

/** What may be said of any agent, however it is made; what is left out is as the agent itself says. */
export type AgentProfile = Pick<Agent, 'capabilities' | 'capacity' | 'uses' | 'breaker'>;

/** Says this of an agent that was just made, in place of what it says itself. Returns it. */
export function profiled(agent: Agent, { capabilities, capacity, uses, breaker }: AgentProfile): Agent {
  return Object.assign(agent, {
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(uses === undefined ? {} : { uses }),
    ...(breaker === undefined ? {} : { breaker }),
  });
}
