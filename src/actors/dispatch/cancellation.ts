/** An attempt that is being stopped, live: its statechart on the host's time. */
import { createActor } from 'xstate';
import { cancellationMachine } from '../../machines/cancellation.ts';
import { hostClock } from '../pool/host-clock.ts';
import type { DispatcherHost } from './dispatcher-host.ts';
import type { Flight } from './flight.ts';

/** After KILL a process is gone at once or, in an uninterruptible wait, not soon; a sweep for whoever left its group takes up to 5 s more. */
const FORCE_GRACE_MS = 8_000;

/** How far the stopping of an attempt is. */
export interface Stopping {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  /** It has been asked to stop, or is being ended by force. */
  readonly state: 'asked' | 'forced';
  /** When more is done than asking: it is killed, or (`canBeForced` false) not waited for any more. Ms of the host's time. */
  readonly until: number;
  /** It is a program, which can be killed; else a function, which is left alone. */
  readonly canBeForced: boolean;
  /** Why. */
  readonly reason: string;
}

/** The stopping of one attempt. */
export interface Cancellation {
  /** Does not wait any longer. */
  force(): void;
  standing(): Stopping;
}

/**
 * Asks the agent of a flight to stop, and sees to it that it does.
 *
 * @param graceMs how long the agent may take, in ms of the host's time, unless it says itself
 * @param abandon gives up on an agent that does not stop
 */
export function startCancellation(
  flight: Flight,
  reason: string,
  host: DispatcherHost,
  graceMs: number,
  abandon: () => void,
): Cancellation {
  const { task, member } = flight;
  const own = member?.agent.graceMs ?? graceMs;
  const canBeForced = flight.hearsForce;
  let until = host.now() + own;
  const actor = createActor(
    cancellationMachine.provide({
      actions: {
        askAgent: () => flight.abort(reason),
        forceAgent: () => {
          until = host.now() + FORCE_GRACE_MS;
          flight.force(reason);
        },
        abandonAgent: abandon,
      },
    }),
    {
      id: `cancellation/${task.key}`,
      input: { task: task.key, graceMs: own, forceGraceMs: FORCE_GRACE_MS, canBeForced },
      clock: hostClock(host.sleep) as never,
    },
  );
  actor.subscribe({ error: () => {} });
  flight.onEnd(() => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'agent.ended' });
  });
  actor.start();
  return {
    force: () => {
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'cancel' });
    },
    standing: () => {
      const state = actor.getSnapshot().value === 'forced' ? 'forced' : 'asked';
      return { run: task.run, step: task.step, attempt: task.attempt, state, until, canBeForced, reason };
    },
  };
}
