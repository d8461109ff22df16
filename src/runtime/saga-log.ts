/** What a run remembers of the undoing of what was done in it. */
import type { SagaSettled } from '../protocol/messages.ts';
import type { LiveActor } from './actor-system.ts';

/** The undoing of what workflows and groups have done. */
export interface SagaLog {
  /** By path of the group that is undone. */
  readonly live: Map<string, LiveActor>;
  /** In the order in which they ended. */
  readonly ended: SagaSettled[];
  /** Why nothing more is undone; null while anything may be. */
  cut: string | null;
}
