import { builtDuration, type DurationOption } from './builder-timing.ts';
import type { ConflictRung, ConflictSettings } from './joining.ts';

/** How conflicts over the shared context are settled. */
export interface ConflictOptions {
  /** Tried in this order. Default: automatic, guided (where a persona or type is named), rerun, sequential, person. */
  readonly ladder?: readonly ConflictRung[];
  /** Who merges under guidance. */
  readonly persona?: string;
  readonly type?: string;
  readonly guidance?: string;
  /** How long the merge persona, and later the person, may take. */
  readonly timeout?: DurationOption;
}

/** The settings with the default ladder in place. */
export function builtConflicts({ ladder, persona, type, guidance, timeout }: ConflictOptions): ConflictSettings {
  const guided = persona !== undefined || type !== undefined;
  return {
    ladder: ladder ?? ['automatic', ...(guided ? (['guided'] as const) : []), 'rerun', 'sequential', 'person'],
    ...(persona === undefined ? {} : { persona }),
    ...(type === undefined ? {} : { type }),
    ...(guidance === undefined ? {} : { guidance }),
    ...(timeout === undefined ? {} : { timeout: builtDuration(timeout) }),
  };
}
