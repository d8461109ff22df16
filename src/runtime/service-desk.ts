/** The services of a runtime: what stands before them, and where that is kept. */
import type { Crew } from '../actors/crews/crew.ts';
import { Services, type ServiceTerms } from '../actors/services/services.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { HostTime } from './host-time.ts';
import { keepServices, keptServices, serviceNotFound } from './service-history.ts';
import { type ServiceView, serviceViews } from './services-view.ts';

/** Services at work, as people look at them and see to them. */
export class ServiceDesk {
  readonly services: Services;
  readonly #store: JournalStore;
  readonly #time: HostTime;
  readonly #terms: ServiceTerms;

  /**
   * Takes up where an earlier process left off. Terms of the runtime outrank those of its crew.
   *
   * @throws TroupeError DEFINITION_INVALID for terms that are none
   */
  constructor(terms: ServiceTerms, crew: Pick<Crew, 'services'>, store: JournalStore, time: HostTime) {
    this.#store = store;
    this.#time = time;
    this.#terms = { ...crew.services?.(), ...terms };
    this.services = new Services({
      now: () => time.now(),
      sleep: (ms, signal) => time.sleep(ms, signal),
      terms: this.#terms,
      // Looked up when a service is first called: another runtime over the same store may have found it out meanwhile.
      get former() {
        return keptServices(store);
      },
      keep: (standings, when) => keepServices(store, standings, when),
    });
  }

  /** Every service that has terms of its own, was called here, or is remembered. */
  views(): readonly ServiceView[] {
    return serviceViews({ ...keptServices(this.#store), ...this.services.standings() }, this.#terms, this.#time.now());
  }

  /**
   * Closes the circuit breaker before a service: tasks are let through at once, here and in later processes.
   *
   * @throws TroupeError SERVICE_NOT_FOUND, STORE_…
   */
  reset(service: string): void {
    const known = this.views().map((view) => view.service);
    if (!known.includes(service)) throw serviceNotFound(service, known);
    this.services.breaker(service).reset();
    keepServices(this.#store, this.services.standings(), 'now');
  }

  /** Writes down where they stand, soon. @throws TroupeError STORE_… */
  remember(): void {
    keepServices(this.#store, this.services.standings(), 'soon');
  }
}
