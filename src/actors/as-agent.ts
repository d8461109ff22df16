/** An agent, made of whatever may be named as one: an agent, an adapter, or a function. */
import type { Agent } from '../protocol/agent.ts';
import { TroupeError } from '../protocol/errors.ts';
import { adapterAgent, isAdapter } from './adapter-agent.ts';
import { checkedAgent } from './agent-check.ts';
import { type AgentFunction, functionAgent } from './function-agent.ts';

/**
 * Takes an agent as it is and makes one of a function or an adapter.
 *
 * @param place where the member stands, for the message
 * @throws TroupeError DEFINITION_INVALID for anything else, and for an agent that says of itself what cannot be
 */
export function asAgent(member: unknown, id: string, place: string): Agent {
  if (typeof member === 'function') return functionAgent(id, member as AgentFunction);
  if (isAgent(member)) return checkedAgent(member, place);
  if (isAdapter(member)) return checkedAgent(adapterAgent(member), place);
  throw new TroupeError('DEFINITION_INVALID', `${place} is neither a function, an agent nor an adapter`, {
    hint: 'register an async function, or an object with an id and a perform (agent) or begin (adapter) method',
    retryable: false,
  });
}

function isAgent(value: unknown): value is Agent {
  if (typeof value !== 'object' || value === null) return false;
  const { id, perform } = value as Partial<Agent>;
  return typeof id === 'string' && id !== '' && typeof perform === 'function';
}
