/**
 * The dispatcher: hands tasks to agents and their answers back.
 *
 * A task is looked at by the agents' own checks and by the policies of the house, then given to the agent of its pool that suits it best. At
 * most `maxConcurrentTasks` agents work at once; what cannot be given to anybody now waits, the most pressing first. A cancelled task keeps
 * its place until its agent has really stopped, because its work still uses the machine; how long that may take is the business of its
 * `cancellation`. What undoes something waits until nobody of its run is being stopped: what is taken away must not still be built.
 *
 * Laws
 * 1. Every started task is reported exactly once, unless it was cancelled or stopping cut it off; then never.
 * 2. Never more than `maxConcurrentTasks` agents at work, abandoned ones aside, and no agent has more tasks than it may; of waiting tasks
 *    that ask for the same, the first in `inTaskOrder` begins first.
 * 3. `report` is never called from inside `start`; `queued` is, and `started` follows it once before the agent is asked.
 * 4. Whatever an agent throws, and whatever a callback of the host throws, stays in here.
 * 5. Once agents are told to stop because the dispatcher stops, nothing is reported any more, neither to `report` nor to `late`:
 *    what an agent says because it was told to stop is no result, and a run that took it for one would not do the work again.
 *
 * No actor is made for a task: the statechart of the agent is told that one was assigned and that it was settled.
 */
import type { CoordinationMessage } from '../../protocol/coordination.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import { hostAlarm } from '../pool/host-clock.ts';
import type { Member } from '../pool/member.ts';
import type { Roster } from '../pool/roster.ts';
import { WaitingRoom } from '../pool/waiting-room.ts';
import { createLedger } from '../resources/ledger.ts';
import { Antechamber, type LetThrough } from './antechamber.ts';
import type { Stopping } from './cancellation.ts';
import { Casting, type CastingAnswer } from './casting.ts';
import { Departures } from './departures.ts';
import { vanished } from './dispatch-refusal.ts';
import type { Dispatcher, DispatcherOptions } from './dispatcher-contract.ts';
import { DispatcherHost } from './dispatcher-host.ts';
import { Flight } from './flight.ts';
import { giveUpAt } from './giving-up.ts';
import { perform } from './performance.ts';
import { placesOf } from './places.ts';
import { Stoppings } from './stoppings.ts';

/**
 * Creates a dispatcher.
 *
 * @throws TroupeError DEFINITION_INVALID when `maxConcurrentTasks` is not a whole number of at least 1
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new LocalDispatcher(options);
}

const STOPS = 'the house stops';

class LocalDispatcher implements Dispatcher {
  readonly #casting: Casting;
  readonly #host: DispatcherHost;
  readonly #places: number;
  readonly #abandonAfterMs: number;
  /** By task key: everything that will still be reported. */
  readonly #flights = new Map<string, Flight>();
  readonly #stoppings = new Stoppings();
  readonly #antechamber: Antechamber;
  readonly #room = new WaitingRoom<Flight>();
  #taken = 0;
  #calling = false;
  #stopped = false;
  /** Agents have been told to stop because the dispatcher stops: nothing they say counts. */
  #silent = false;
  readonly #departures = new Departures();

  constructor(options: DispatcherOptions) {
    this.#host = new DispatcherHost(options);
    this.#places = placesOf(options.maxConcurrentTasks);
    this.#abandonAfterMs = options.abandonAfterMs ?? 10_000;
    const { now, sleep, services } = this.#host;
    const waits = (task: Task, why: string): void => this.#host.waits(task, why);
    const [freed, lost] = [() => this.#fillPlaces(), (member: Member) => this.#lose(member)];
    this.#casting = new Casting(options, { now, sleep, services, waits, freed, lost });
    this.#antechamber = new Antechamber({
      ledger: options.ledger ?? createLedger({ time: { now, alarm: hostAlarm(now, sleep) } }),
      limits: options.limits ?? null,
      latestStart: (flight) => this.#casting.latestStart(flight),
      isStopping: (run) => this.#stoppings.includes(run),
      now,
      waits,
      stirred: () => this.#fillPlaces(),
      desk: options.desk ?? null,
    });
  }

  start(task: Task): void {
    if (this.#stopped || this.#flights.has(task.key)) return;
    const part = this.#casting.partOf(task);
    const { pool } = part;
    const flight = new Flight(task, part, this.#host, this.#antechamber);
    this.#flights.set(task.key, flight);
    const isHeldBack = pool !== null && this.#antechamber.holdsBack(flight);
    const mayPass = pool === null || (this.#hasPlace && !this.#calling && !this.#room.isAsked(flight.lane));
    const answer = isHeldBack ? 'heldBack' : mayPass ? this.#answer(flight) : null;
    if (answer === null || answer === 'aside') this.#line(flight);
    else if (answer === 'heldBack') flight.state = 'heldBack';
    else if ('member' in answer) this.#begin(flight, answer.member);
    else queueMicrotask(() => this.#settle(flight, answer.report));
    if (flight.waits || flight.state === 'heldBack') this.#host.queued(task);
  }

  cancel(key: string, reason: string, isLeft = false): boolean {
    const flight = this.#flights.get(key);
    if (flight === undefined) return false;
    flight.isLeft = isLeft;
    this.#withdraw(flight, reason, true);
    return true;
  }

  force(run: string): void {
    this.#stoppings.force(run);
  }

  stopping(): readonly Stopping[] {
    return this.#stoppings.standing();
  }

  stopped(run: string): Promise<void> {
    return this.#departures.until(() => !this.#stoppings.includes(run));
  }

  deliver(key: string, message: CoordinationMessage): boolean {
    const flight = this.#flights.get(key);
    flight?.receive(message);
    return flight !== undefined;
  }

  inFlight(): number {
    return this.#taken;
  }

  waiting(): number {
    return this.#room.length;
  }

  get roster(): Roster {
    return this.#casting.roster;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    for (const flight of [...this.#flights.values()]) if (flight.state !== 'performing') this.#withdraw(flight, STOPS);
    const patient = graceMs > 0;
    if (patient)
      await this.#departures.until(
        () => this.#flights.size === 0,
        (signal) => this.#host.pause(graceMs, signal),
      );
    this.#silent = true;
    for (const flight of [...this.#flights.values()]) this.#withdraw(flight, STOPS);
    if (patient)
      await this.#departures.until(
        () => this.#stoppings.size === 0,
        (signal) => this.#host.pause(this.#abandonAfterMs, signal),
      );
    for (const flight of this.#stoppings.flights()) this.#abandon(flight);
    this.#casting.stop();
  }

  /** Stands in line. */
  #line(flight: Flight): void {
    const { latestStart } = this.#antechamber.turnOf(flight);
    flight.state = 'waiting';
    this.#room.join(flight);
    this.#casting.lined(flight);
    if (latestStart !== null) void giveUpAt(flight, latestStart, this.#host, this.#settle);
  }

  get #hasPlace(): boolean {
    return this.#taken + this.#antechamber.kept < this.#places;
  }

  /** Who takes a task now that has all else it needs. */
  #answer(flight: Flight): CastingAnswer | 'heldBack' | 'aside' {
    const answer = this.#casting.answer(flight, this.#taken);
    if (answer === null || answer === 'aside' || 'report' in answer) return answer;
    const equipped = this.#antechamber.equip(flight, answer.member);
    if (equipped === 'pass') return answer;
    return equipped === 'wait' ? 'heldBack' : { report: equipped };
  }

  #begin(flight: Flight, member: Member): void {
    this.#taken += 1;
    flight.state = 'performing';
    flight.member = member;
    if (this.#host.hearsChoices && flight.pool?.isChoice === true) {
      this.#host.chosen(flight.task, { ...flight.pool.reason(member, flight.wish, this.#host.now()), ...flight.chosenAs });
    }
    this.#casting.began(flight, member);
    perform(member.agent, flight, this.#settle);
  }

  readonly #settle = (flight: Flight, report: TaskReport): void => {
    const { task } = flight;
    if (flight.state === 'ended') return;
    const wanted = flight.state !== 'cancelled' && flight.state !== 'gone';
    if (flight.state === 'waiting') this.#room.leave();
    this.#release(flight, report);
    flight.state = 'ended';
    if (wanted) {
      this.#flights.delete(task.key);
      this.#host.report(task, report);
    } else if (flight.member !== null && !this.#silent) {
      this.#host.late(task, report);
    }
    this.#fillPlaces();
    this.#departures.left();
  };

  /** Gives up a flight's place, if it holds one. Nobody waits for what it would have come to where there is no report. */
  #release(flight: Flight, report: TaskReport | null): void {
    if (flight.state === 'performing' || flight.state === 'cancelled') {
      this.#taken -= 1;
      this.#stoppings.left(flight);
      this.#casting.ended(flight, flight.state === 'performing' ? report : null);
    }
    this.#antechamber.left(flight, report);
    flight.end();
  }

  /** Gives tasks that wait to whoever takes them. One that ends without an agent may be followed by others at once. */
  #fillPlaces(): void {
    if (this.#antechamber.holdsUndoers) this.#antechamber.letThrough();
    if (this.#calling) return;
    do {
      for (let free = this.#antechamber.next(); free !== null; free = this.#antechamber.next()) this.#released(free);
      while (this.#hasPlace) {
        const next = this.#room.next((flight) => this.#answer(flight));
        if (next === null) break;
        this.#place(next.task, next.placed);
      }
    } while (this.#antechamber.takeBack());
  }

  #place(flight: Flight, placed: NonNullable<CastingAnswer> | 'heldBack'): void {
    if (placed === 'heldBack') flight.state = 'heldBack';
    else if ('member' in placed) this.#call(flight, placed.member);
    else {
      flight.state = 'arriving';
      this.#settle(flight, placed.report);
    }
  }

  /** Hearing that a task starts, the host may cancel it, or start another one, which must not slip in before it. */
  #call(flight: Flight, member: Member): void {
    flight.state = 'called';
    this.#calling = true;
    this.#host.started(flight.task);
    this.#calling = false;
    if (flight.state === 'called') this.#begin(flight, member);
  }

  /** What an agent has in hand that has stopped answering is reported as broken; should it answer all the same, it is late. */
  #lose(member: Member): void {
    for (const flight of [...this.#flights.values()]) {
      if (flight.member !== member || flight.state !== 'performing') continue;
      const report = vanished(flight.task, member.id);
      this.#flights.delete(flight.task.key);
      this.#release(flight, report);
      this.#host.report(flight.task, report);
      flight.abort('its agent has stopped answering');
      flight.state = 'gone';
    }
    this.#departures.left();
  }

  /** Nothing will be reported any more; an agent at work is told to stop. */
  #withdraw(flight: Flight, reason: string, seesToIt = false): void {
    this.#flights.delete(flight.task.key);
    if (flight.state !== 'performing') {
      if (flight.state === 'waiting') this.#room.leave();
      this.#antechamber.left(flight, null);
      flight.end();
      flight.state = 'gone';
      return;
    }
    flight.state = 'cancelled';
    if (seesToIt) this.#stoppings.stop(flight, reason, this.#host, this.#abandonAfterMs, () => this.#abandon(flight));
    else this.#stoppings.ask(flight, reason);
    this.#departures.left();
  }

  /** What was held back stands in line now, or has ended. */
  #released({ flight, report }: LetThrough): void {
    if (report === null) this.#line(flight);
    else this.#settle(flight, report);
  }

  #abandon(flight: Flight): void {
    if (flight.state !== 'cancelled') return;
    this.#release(flight, null);
    flight.state = 'gone';
    // whoever is abandoned is so in an action of a statechart: nobody begins in there
    if (!this.#stopped) queueMicrotask(() => this.#fillPlaces());
    this.#departures.left();
  }
}
