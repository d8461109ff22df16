/** The actor of an agent that is made ready when somebody wants it: until then it has no statechart, and stands for one that takes tasks. */
import type { AgentActor } from './agent-actor.ts';

/**
 * An actor that is made by `make` when it is first wanted, watched or told something. One that leaves before has nothing to release: nobody
 * wanted it.
 */
export function lateActor(agent: AgentActor['agent'], make: () => AgentActor): AgentActor {
  let actor: AgentActor | null = null;
  let left = false;
  const made = (): AgentActor => {
    actor ??= make();
    return actor;
  };
  const leave = async (how: 'close' | 'cancel'): Promise<void> => {
    left = true;
    await actor?.[how]();
  };
  return {
    agent,
    wanted: () => {
      if (!left) made();
    },
    assigned: () => made().assigned(),
    settled: () => made().settled(),
    inHand: () => actor?.inHand() ?? 0,
    standing: () =>
      actor?.standing() ?? {
        agent: agent.id,
        state: left ? 'closed' : 'idle',
        inFlight: 0,
        served: 0,
        restarts: 0,
        startError: null,
        releaseError: null,
      },
    refusal: () => (actor === null ? (left ? 'it has left' : null) : actor.refusal()),
    watch: (listener, hands) => (left && actor === null ? () => {} : made().watch(listener, hands)),
    drain: (reason) => made().drain(reason),
    resume: () => made().resume(),
    missed: () => made().missed(),
    start: () => made().start(),
    close: () => leave('close'),
    cancel: () => leave('cancel'),
  };
}
