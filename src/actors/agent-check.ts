import { breakerSettings } from '../policy/breaker-window.ts';
import { checkedAmounts } from '../policy/resource-amounts.ts';
import type { Agent } from '../protocol/agent.ts';
import { TroupeError } from '../protocol/errors.ts';

/**
 * The agent, where what it says of itself can be: what is nonsense would else be found out by tasks that wait for ever, or are never let go.
 *
 * @param place where it stands, for the message
 * @throws TroupeError DEFINITION_INVALID
 */
export function checkedAgent(agent: Agent, place: string): Agent {
  const { capacity, capabilities, uses, graceMs, startWithinMs, beatEveryMs, breaker } = agent;
  const wrong = (what: string, must: string, value: unknown): TroupeError =>
    new TroupeError('DEFINITION_INVALID', `${place}: the ${what} of "${agent.id}" must be ${must}, not ${String(value)}`, {
      hint: `leave ${what} out for the default`,
      retryable: false,
    });
  if (capacity !== undefined && !(capacity === Number.POSITIVE_INFINITY || (Number.isSafeInteger(capacity) && capacity >= 1))) {
    throw wrong('capacity', 'a whole number of at least 1', capacity);
  }
  if (capabilities !== undefined && !(Array.isArray(capabilities) && capabilities.every((each) => typeof each === 'string'))) {
    throw wrong('capabilities', 'a list of names', capabilities);
  }
  for (const does of ['validate', 'start', 'beat', 'recall', 'close'] as const) {
    if (agent[does] !== undefined && typeof agent[does] !== 'function') throw wrong(does, 'a function', agent[does]);
  }
  if (graceMs !== undefined && !(graceMs >= 0)) throw wrong('graceMs', 'at least 0', graceMs);
  if (startWithinMs !== undefined && !(startWithinMs > 0)) throw wrong('startWithinMs', 'more than 0', startWithinMs);
  if (beatEveryMs !== undefined && !(beatEveryMs > 0)) throw wrong('beatEveryMs', 'more than 0', beatEveryMs);
  if (uses !== undefined) checkedAmounts(uses, `${place}: "${agent.id}"`);
  if (breaker !== undefined && breaker !== false) breakerSettings(breaker, `the circuit breaker before "${agent.id}"`);
  return agent;
}
