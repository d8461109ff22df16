/**
 * The services outside that agents call, and a circuit breaker before each: one for all agents and runs of a house, made when somebody first
 * calls the service. A task that says that it requires a service is given to nobody while that is spared; half-open, one task, or one
 * call of an agent, tries it out.
 */
import type { BreakerStanding } from '../../machines/circuit-breaker.ts';
import { type BreakerSettings, breakerSettings } from '../../policy/breaker-window.ts';
import { blameOf } from '../../policy/service-blame.ts';
import type { BreakerTerms } from '../../protocol/agent.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import { type Breaker, startBreaker } from '../pool/breaker.ts';
import type { HostSleep } from '../pool/host-clock.ts';
import type { ServiceRefusal } from './circuit-open.ts';

/** By service: how patient its circuit breaker is. */
export type ServiceTerms = Readonly<Record<string, BreakerTerms>>;

/** By service: where its circuit breaker stands. Plain JSON: this is what is kept. */
export type ServiceStandings = Readonly<Record<string, BreakerStanding>>;

/** What services need. */
export interface ServicesOptions {
  /** ms since the epoch. */
  readonly now: () => number;
  readonly sleep: HostSleep;
  /** Others have the defaults (`BREAKER_SETTINGS`). */
  readonly terms?: ServiceTerms;
  /** Where they stood before. */
  readonly former?: ServiceStandings;
  /** Keeps where they stand: `now` when one has opened, which the next process must know. Whatever it throws goes no further. */
  readonly keep?: (standings: ServiceStandings, when: 'soon' | 'now') => void;
}

/** What the calls of an attempt have come to. */
interface CallsMade {
  /** Whether a call to this service has come back well. */
  hasAnswered(service: string): boolean;
  /** Whether a call to this service has failed, or was not let through: that is counted already. */
  hasRefused(service: string): boolean;
}

/** Agents may name services as they like; beyond so many, one that nobody calls or requires is not taken note of. */
const MOST_BLAMED = 1_000;

/** The services of a house. */
export class Services {
  readonly #options: ServicesOptions;
  readonly #breakers = new Map<string, Breaker>();
  readonly #listeners = new Set<() => void>();

  /** @throws TroupeError DEFINITION_INVALID for terms that are none */
  constructor(options: ServicesOptions) {
    this.#options = options;
    for (const [service, terms] of Object.entries(options.terms ?? {}))
      breakerSettings(terms, `the circuit breaker before the service "${service}"`);
  }

  /** The circuit breaker before a service. */
  breaker(service: string): Breaker {
    const known = this.#breakers.get(service);
    if (known !== undefined) return known;
    const { now, sleep, former = {} } = this.#options;
    const moved = (): void => this.#moved(service);
    const breaker = startBreaker(service, this.settings(service), own(former, service) ?? null, { now, sleep, moved });
    this.#breakers.set(service, breaker);
    return breaker;
  }

  /** How patient the circuit breaker before a service is. */
  settings(service: string): BreakerSettings {
    return breakerSettings(own(this.#options.terms ?? {}, service));
  }

  /** Which of these services is spared now; null: none. */
  refusal(services: readonly string[]): ServiceRefusal | null {
    for (const service of services) {
      const breaker = this.breaker(service);
      if (breaker.refusal() === null) continue;
      const { state, openedAt } = breaker.standing();
      return { service, triedAt: state === 'open' && openedAt !== null ? openedAt + this.settings(service).coolMs : null };
    }
    return null;
  }

  /** A task is given to an agent: where one of its services is to be tried out, it does that. */
  began({ key, needs }: Task): void {
    for (const service of needs?.services ?? []) this.breaker(service).began(key);
  }

  /**
   * A task has ended, or was taken away (null). A failure counts for the service that it names, unless a call of the attempt has counted
   * already. One that tries services out has done so when it completed, or when a call of it came back well; else it says nothing.
   */
  ended({ key, needs }: Task, report: TaskReport | null, calls: CallsMade | null): void {
    const blame = report === null || report.ok ? null : blameOf(report.error);
    if (blame !== null && !blame.wasSpared && calls?.hasRefused(blame.service) !== true) this.#blame(blame.service, key);
    for (const service of needs?.services ?? []) {
      const breaker = this.breaker(service);
      if (report?.ok === true || (report !== null && calls?.hasAnswered(service) === true)) breaker.succeeded(key);
      else breaker.left(key);
    }
  }

  /** A call has failed. */
  failed(service: string, call: string): void {
    const breaker = this.breaker(service);
    const before = breaker.standing().state;
    breaker.failed(call);
    // What moves it is kept when it has moved.
    if (before === 'closed' && breaker.standing().state === 'closed') this.#keep('soon');
  }

  /** Where those stand that have been called here. */
  standings(): ServiceStandings {
    return Object.fromEntries(Array.from(this.#breakers, ([service, breaker]) => [service, breaker.standing()]));
  }

  /** Calls back when a service that was spared may not be any more, or the other way round. Returns what ends that. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nothing is heard of any of them any more. */
  stop(): void {
    this.#listeners.clear();
    for (const breaker of this.#breakers.values()) breaker.stop();
  }

  #blame(service: string, call: string): void {
    if (this.#breakers.has(service) || this.#breakers.size < MOST_BLAMED) this.failed(service, call);
  }

  #moved(service: string): void {
    this.#keep(this.breaker(service).standing().state === 'open' ? 'now' : 'soon');
    for (const listener of [...this.#listeners]) listener();
  }

  #keep(when: 'soon' | 'now'): void {
    try {
      this.#options.keep?.(this.standings(), when);
    } catch {
      // A store that cannot be written to any more keeps what it has: a service is called once too often.
    }
  }
}

const own = <Value>(map: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;
