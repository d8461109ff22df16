/** The shared context of a run as people look at it: every key with its value and how it came by it. */
import type { ContextChange, SharedContext } from '../policy/shared-context.ts';
import type { Json } from '../protocol/json.ts';

/** A key as it stands; null for no value (any more). `by`: path of the step that changed it last, null for what the run began with. */
export interface SharedKeyView {
  readonly value: Json;
  /** The version of the context that changed it last. */
  readonly version: number;
  readonly by: string | null;
  /** Ms since the epoch (virtual in simulation). */
  readonly at: number;
}

/** The whole shared context, with every change that was ever made, oldest first. */
export interface SharedView {
  /** Counts the changes that were taken in. */
  readonly version: number;
  readonly keys: Readonly<Record<string, SharedKeyView>>;
  readonly changes: readonly ContextChange[];
}

/** Draws the view of a context. */
export function sharedViewOf({ version, keys, changes }: SharedContext): SharedView {
  return {
    version,
    keys: Object.fromEntries(Object.entries(keys).map(([key, { value, ...more }]) => [key, { value: value ?? null, ...more }])),
    changes: [...changes],
  };
}
