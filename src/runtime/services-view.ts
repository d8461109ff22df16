/** The services outside as people look at them: whether they are spared, and until when. */
import type { ServiceStandings, ServiceTerms } from '../actors/services/services.ts';
import { type BreakerView, breakerView, NEVER_CALLED } from './breaker-view.ts';

/** A service that agents call, and the circuit breaker before it. Plain JSON. */
export interface ServiceView extends BreakerView {
  /** Its name, as agents and steps call it. */
  readonly service: string;
}

/** Every service that is known, by name: those that have terms of their own, and those that were called. `now`: ms since the epoch. */
export function serviceViews(standings: ServiceStandings, terms: ServiceTerms, now: number): ServiceView[] {
  const names = new Set([...Object.keys(terms), ...Object.keys(standings)]);
  return [...names].sort().map((service) => ({
    service,
    ...breakerView(own(standings, service) ?? NEVER_CALLED, own(terms, service) ?? {}, now),
  }));
}

const own = <Value>(map: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;
