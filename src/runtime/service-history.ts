/** Where the circuit breakers of services stand, as a store keeps it from one process to the next: looking at it where nobody is at work, and mending it. */
import type { Crew } from '../actors/crews/crew.ts';
import type { ServiceStandings, ServiceTerms } from '../actors/services/services.ts';
import { nearest } from '../definition/nearest-name.ts';
import type { BreakerStanding } from '../machines/circuit-breaker.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { MOST_REMEMBERED } from './agent-history.ts';
import { NEVER_CALLED } from './breaker-view.ts';
import { isStanding, lastMovedAt } from './kept-standing.ts';
import { type ServiceView, serviceViews } from './services-view.ts';

/** The name of the document in which a house remembers where the circuit breakers of services stand. */
const SERVICES_DOCUMENT = 'services';

/** What the store remembers of services. What cannot be read is not remembered: it may have been written by anybody. */
export function keptServices(store: Pick<JournalStore, 'kept'>): ServiceStandings {
  const kept = store.kept?.(SERVICES_DOCUMENT) ?? {};
  return Object.fromEntries(Object.entries(kept).flatMap(([service, each]) => (isStanding(each) ? [[service, each]] : [])));
}

/**
 * Keeps where some services stand beside what is remembered of others; one of which there is nothing to tell takes no room. Of others, those are
 * remembered that have moved last (`MOST_REMEMBERED`).
 *
 * @param when `now`: it is in the store when this returns
 * @throws TroupeError STORE_FULL, STORE_UNWRITABLE or STORE_CLOSED
 */
export function keepServices(store: Pick<JournalStore, 'kept' | 'keep'>, standings: ServiceStandings, when: 'soon' | 'now'): void {
  if (store.keep === undefined) return;
  const kept = keptServices(store);
  const worth = Object.entries(standings).filter(([service, each]) => Object.hasOwn(kept, service) || isTelling(each));
  if (worth.length === 0) return;
  const others = Object.entries(kept).filter(([service]) => !Object.hasOwn(standings, service));
  const remembered = others.toSorted(([, a], [, b]) => lastMovedAt(b) - lastMovedAt(a)).slice(0, MOST_REMEMBERED);
  store.keep(SERVICES_DOCUMENT, Object.fromEntries([...remembered, ...worth]) as unknown as JsonObject, when);
}

/**
 * Every service that a crew has terms for, or that the store remembers, as it stands while nobody is at work; at `now`, ms since the epoch. A
 * service without terms is judged by the defaults.
 */
export function readServices(
  store: Pick<JournalStore, 'kept'>,
  now: number,
  options: { readonly crew?: Pick<Crew, 'services'> | null; readonly services?: ServiceTerms } = {},
): ServiceView[] {
  return serviceViews(keptServices(store), { ...options.crew?.services?.(), ...options.services }, now);
}

/**
 * Closes the circuit breaker before a service where nobody is at work: whoever is next begins with that.
 *
 * @throws TroupeError SERVICE_NOT_FOUND when the store remembers no such service, STORE_…
 */
export function resetStoredService(store: Pick<JournalStore, 'kept' | 'keep'>, service: string): void {
  const kept = keptServices(store);
  if (!Object.hasOwn(kept, service)) throw serviceNotFound(service, Object.keys(kept));
  keepServices(store, { [service]: NEVER_CALLED }, 'now');
}

/** There is no service of this name, among those that are known. */
export function serviceNotFound(service: string, known: readonly string[]): TroupeError {
  const meant = nearest(service, known);
  const others = known.length === 0 ? 'no service has been called yet' : `known here: ${known.join(', ')}`;
  return new TroupeError('SERVICE_NOT_FOUND', `there is no service "${service}" here`, {
    hint: meant === null ? others : `did you mean "${meant}"?`,
  });
}

const isTelling = ({ failures, openedAt }: BreakerStanding): boolean => failures.length > 0 || openedAt !== null;
