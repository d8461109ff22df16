import type { LiveActor } from './actor-system.ts';

/** Who waits for a signal: a step, or somebody on its behalf. */
export interface Listener {
  readonly path: string;
  readonly actor: LiveActor;
}
