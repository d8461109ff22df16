/** The parent of actors whose end is told in another way, because whoever waits for it may be gone by then. */
import { TroupeError } from '../protocol/errors.ts';
import { createDesk, type LiveActor } from './actor-system.ts';
import type { RunState } from './run-state.ts';

/** The desk of a run; it listens to nobody. */
export function deskOf(state: RunState): LiveActor {
  const { root } = state;
  if (root.actor === null) throw new TroupeError('INTERNAL', `run ${state.id} has not begun`);
  state.desk ??= createDesk(root.actor);
  return state.desk;
}
