/** What a person may tell the house about one of its agents. */
import type { AgentActor } from '../actors/pool/agent-actor.ts';
import type { Breaker } from '../actors/pool/breaker.ts';
import { nearest } from '../definition/nearest-name.ts';
import { TroupeError } from '../protocol/errors.ts';

/** An order about an agent. */
export type AgentOrder =
  /** Its circuit breaker is closed: a person knows that all is well again. */
  | { readonly do: 'reset' }
  /** It is given nothing more; what it has in hand it may finish. Until it is told to go on, or the process ends. */
  | { readonly do: 'drain'; readonly reason?: string }
  /** It takes tasks again, also where it has broken so often that it was not started any more. */
  | { readonly do: 'resume' };

/** Does as it is told with an agent. */
export function obeyOrder(order: AgentOrder, actor: AgentActor | null, breaker: Breaker | null): void {
  if (order.do === 'reset') breaker?.reset();
  else if (order.do === 'drain') actor?.drain(order.reason ?? 'a person said so');
  else if (actor?.standing().state === 'offline') actor.start();
  else actor?.resume();
}

/** There is no agent of this id, among those that are known. */
export function agentNotFound(id: string, known: readonly string[]): TroupeError {
  const meant = nearest(id, known);
  return new TroupeError('AGENT_NOT_FOUND', `there is no agent "${id}" here`, {
    hint:
      meant !== null
        ? `did you mean "${meant}"?`
        : known.length === 0
          ? 'no agent is known yet'
          : 'troupe agents lists those that are known',
  });
}
