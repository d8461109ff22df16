import type { BreakerStanding } from '../machines/circuit-breaker.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';

const STATES: readonly unknown[] = ['closed', 'open', 'halfOpen'];

/** Whether this is where a circuit breaker stands, as a store keeps it: it may have been written by anybody. */
export function isStanding(value: Json | undefined): value is JsonObject & BreakerStanding {
  if (!isJsonObject(value)) return false;
  const { state, failures, openedAt, successes } = value;
  const areMoments = Array.isArray(failures) && failures.every((at) => typeof at === 'number');
  return STATES.includes(state) && areMoments && (openedAt === null || typeof openedAt === 'number') && typeof successes === 'number';
}

/** When it last counted something, or opened, ms since the epoch; 0: never. */
export const lastMovedAt = ({ openedAt, failures }: BreakerStanding): number => Math.max(openedAt ?? 0, failures.at(-1) ?? 0);
