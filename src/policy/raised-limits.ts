/**
 * Limits that somebody has changed while they held, such as a budget that a person has raised.
 *
 * A change says from which limit it was made. It holds for as long as whoever sets the limits goes on saying that one: the same house begins
 * its next process with the changed limit. Once something else is said, that was thought of later, and the change is over.
 */
import { LIMIT_KINDS, type LimitKind, type ResourceLimits } from './resource-amounts.ts';

/** By kind: what the limit was said to be, null for none, and what it is instead. Plain JSON. */
export type RaisedLimits = { readonly [Kind in LimitKind]?: { readonly from: number | null; readonly to: number } };

/** The changes once these limits are to hold in place of those that are said; what is not named stays. */
export function raisedTo(raised: RaisedLimits, said: ResourceLimits, limits: ResourceLimits): RaisedLimits {
  const changed = LIMIT_KINDS.flatMap((kind) => {
    const to = limits[kind];
    return to === undefined ? [] : [[kind, { from: said[kind] ?? null, to }] as const];
  });
  return { ...raised, ...Object.fromEntries(changed) };
}

/** The limits that hold where these are said, and the changes that still do. */
export function limitsRaised(
  said: ResourceLimits,
  raised: RaisedLimits,
): { readonly limits: ResourceLimits; readonly raised: RaisedLimits } {
  const holding = LIMIT_KINDS.flatMap((kind) => {
    const change = raised[kind];
    return change === undefined || change.from !== (said[kind] ?? null) ? [] : [[kind, change] as const];
  });
  const limits = Object.fromEntries(holding.map(([kind, { to }]) => [kind, to]));
  return { limits: { ...said, ...limits }, raised: Object.fromEntries(holding) };
}

/** Whether two say the same limits. */
export const sameLimits = (a: ResourceLimits, b: ResourceLimits): boolean => a === b || LIMIT_KINDS.every((kind) => a[kind] === b[kind]);
