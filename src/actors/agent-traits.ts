import type { Agent } from '../protocol/agent.ts';

/** What an agent may have beside its id and `perform`. */
const TRAITS = [
  'graceMs',
  'capabilities',
  'capacity',
  'uses',
  'breaker',
  'validate',
  'start',
  'startWithinMs',
  'beat',
  'beatEveryMs',
  'close',
] as const;

/** All that an agent, or whatever one is made of, says of itself beside its id and how it performs; what it does is bound to it. */
export function traitsOf(source: Omit<Agent, 'id' | 'perform'>): Partial<Agent> {
  const said = TRAITS.flatMap((name) => {
    const trait = source[name];
    if (trait === undefined) return [];
    return [[name, typeof trait === 'function' ? trait.bind(source) : trait] as const];
  });
  return Object.fromEntries(said);
}
