/** What a run remembers of the undoing of what was done in it. */
import type { SagaSettled } from '../protocol/messages.ts';
import type { LiveActor } from './actor-system.ts';

/** A step that has completed and was then taken off the record because it was to run again: what it did stands until it is undone. */
interface FormerCompletion<Scope> {
  /** When it completed, ms. */
  readonly endedAt: number;
  /** What its workflow saw then, its own output included. */
  readonly scope: Scope;
}

/** The undoing of what workflows and groups have done. `Scope`: what steps see. */
export interface SagaLog<Scope> {
  /** By path of the group that is undone. */
  readonly live: Map<string, LiveActor>;
  /** In the order in which they ended. */
  readonly ended: SagaSettled[];
  /** By path: the last completion of steps that can be undone and were to run again. Those that have completed again since are counted by that. */
  readonly former: Map<string, FormerCompletion<Scope>>;
  /** The last of the pictures of workflows that those keep: of which workflow, and how many steps had been settled then. */
  seen: { readonly of: Scope; readonly ends: number; readonly scope: Scope } | null;
  /** Why nothing more is undone; null while anything may be. */
  cut: string | null;
}
