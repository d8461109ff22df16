/** Locks by name: many may share one, or one alone has it. */

/** How a lock is had: beside others who share it, or alone. */
export type LockMode = 'shared' | 'exclusive';

/** A lock that is asked for, or had. */
export interface NamedLock {
  readonly name: string;
  readonly mode: LockMode;
}

/** False when two may not have them at the same time. */
export const locksAgree = (a: NamedLock, b: NamedLock): boolean => a.name !== b.name || (a.mode === 'shared' && b.mode === 'shared');

/**
 * The locks of one request in the order in which they are looked at everywhere: by name. One that is named twice is asked for once, alone if
 * either says so.
 */
export function inLockOrder(locks: readonly NamedLock[]): readonly NamedLock[] {
  if (locks.length < 2) return locks;
  const modes = new Map<string, LockMode>();
  for (const { name, mode } of locks) if (mode === 'exclusive' || !modes.has(name)) modes.set(name, mode);
  return [...modes].map(([name, mode]) => ({ name, mode })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
