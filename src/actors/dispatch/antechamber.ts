/**
 * Tasks that may not be given to their agents yet: those that undo something, until nobody of their run is being stopped; and those for which
 * there is a place and an agent, but not what else they need.
 *
 * Resources are asked for last, when place and agent are there, all at once. Who waits for them stands in the queue of the ledger, and keeps
 * neither place nor agent; who is granted them there, and finds no place or agent at that moment, gives them back and stands in line. So
 * everybody at work has everything, and everybody else keeps nobody from anything.
 *
 * Where everybody waited like that, one who needs much might never find all of it free at the same moment. So the first of those who have
 * waited so long that nobody who comes now is before them (`hasAged`) does keep a place and an agent while it waits. It is one at most, it
 * waits only for those at work, and nobody at work waits for places or agents: no circle can come of it.
 *
 * Laws
 * 1. A task that is let through has what it needs, and gives it back once, however it ends.
 * 2. Who is not let through holds no resources; one task at most keeps a place and an agent without being at work.
 * 3. All waits have one order, that of the turn a task was given when it first had to wait.
 * 4. News of the ledger are looked at in a turn of their own, or when the dispatcher fills places anyway: never from inside a call to it.
 */
import { hasAged } from '../../policy/lease-turn.ts';
import type { ResourceLimits } from '../../policy/resource-amounts.ts';
import { inTaskOrder } from '../../policy/task-order.ts';
import type { LeaseWish } from '../../protocol/agent.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import type { Member } from '../pool/member.ts';
import { type AdvanceLease, handedOut, inAdvance } from '../resources/in-advance.ts';
import type { Lease } from '../resources/lease.ts';
import type { Ledger } from '../resources/ledger-contract.ts';
import { type Demand, demandOf, demandOfNothing } from '../resources/task-accounts.ts';
import { AttemptLeases, type LeaseDesk } from './attempt-leases.ts';
import type { Flight } from './flight.ts';
import { GaveWay } from './gave-way.ts';
import type { ShortageDesk } from './shortage-desk.ts';
import { WaitingReasons } from './waiting-reasons.ts';

/** What an antechamber goes by. */
export interface AntechamberHost {
  /** Where resources are asked for. */
  readonly ledger: Ledger;
  /** What there is of them over all; null: everything is there in plenty, and only locks are asked for. */
  readonly limits: ResourceLimits | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When a task must begin to be done in time, ms since the epoch; null where it does not matter. */
  readonly latestStart: (flight: Flight) => number | null;
  /** Whether somebody of a run is being stopped. */
  readonly isStopping: (run: string) => boolean;
  /** Says what a task waits for. */
  readonly waits: (task: Task, why: string) => void;
  /** Somebody is let through, or a place that was kept is free. */
  readonly stirred: () => void;
  /** Who sees to it that those who lack something get on; null: they wait for it, or end. */
  readonly desk: ShortageDesk | null;
}

/** A task that was held back and stands in line now, or ends with this report. */
export interface LetThrough {
  readonly flight: Flight;
  readonly report: TaskReport | null;
}

/** Holds tasks back. */
export class Antechamber {
  readonly #host: AntechamberHost;
  readonly #undoing = new Set<Flight>();
  /** Of those who wait for them, who are offered them, and who are at work with them. */
  readonly #leases = new Map<Flight, Lease>();
  readonly #reasons: WaitingReasons;
  #asked = 0;
  readonly #gaveWay = new GaveWay();
  readonly #desk: LeaseDesk;
  /** Those who ask for what their former attempts lacked together with what they need. */
  readonly #inAdvance = new Map<Flight, { readonly demand: Demand; readonly wishes: readonly LeaseWish[] }>();
  readonly #news: LetThrough[] = [];
  /** Those who have what they need, and look for a place and an agent now. */
  readonly #offered = new Set<Flight>();
  #keeper: { readonly flight: Flight; readonly member: Member } | null = null;

  constructor(host: AntechamberHost) {
    this.#host = host;
    this.#reasons = new WaitingReasons(host.ledger, host.waits);
    const { ledger, limits, now } = host;
    this.#desk = { ledger, limits, gaveWay: (task, turn, wish) => this.#gaveWay.note(task, turn, wish, now()) };
    host.desk?.serve({
      leases: () => this.#leases,
      letThrough: (flight, report) => {
        this.#news.push({ flight, report });
        queueMicrotask(host.stirred);
      },
    });
  }

  /** The turn of a task, from when it first has to wait, or asks for something. */
  turnOf(flight: Flight): Flight['turn'] {
    if (!flight.hasTurn) {
      const { since, place } = this.#gaveWay.of(flight.task)?.turn ?? { since: this.#host.now(), place: this.#asked++ };
      flight.takeTurn(since, this.#host.latestStart(flight), place);
    }
    return flight.turn;
  }

  /** Where its agent asks for resources while it works. */
  leasesOf(flight: Flight, advance: readonly AdvanceLease[] = []): AttemptLeases {
    this.turnOf(flight);
    return new AttemptLeases(this.#desk, flight, advance);
  }

  /** Whether a task that undoes something must not stand in line yet. */
  holdsBack(flight: Flight): boolean {
    const { undoes, run } = flight.task;
    if (undoes === undefined || !this.#host.isStopping(run)) return false;
    this.#undoing.add(flight);
    return true;
  }

  get holdsUndoers(): boolean {
    return this.#undoing.size > 0;
  }

  /** Somebody has stopped: what undoes may go on where nobody else of its run is being stopped. */
  letThrough(): void {
    for (const flight of this.#undoing) {
      if (this.#host.isStopping(flight.task.run)) continue;
      this.#undoing.delete(flight);
      this.#news.push({ flight, report: null });
    }
  }

  /**
   * There is a place for a task, and an agent: whether it has all else it needs. On `wait` the place and the agent are for others, and it is
   * among those let through later; or it ends with a report.
   */
  equip(flight: Flight, member: Member): 'pass' | 'wait' | TaskReport {
    const { task } = flight;
    if (this.#offered.delete(flight)) return this.#pass(flight);
    const { limits, desk } = this.#host;
    const needed = desk === null ? demandOf(task, limits) : desk.demand(flight, member, limits);
    const demand = needed ?? (this.#gaveWay.of(task) === null ? null : demandOfNothing(task, limits));
    if (demand === null) return 'pass';
    this.turnOf(flight);
    if (desk?.holds(flight, member, demand) === true) return 'wait';
    const lease = this.#ask(flight, demand, member);
    const refusal = lease.refusal();
    if (refusal === null) this.#leases.set(flight, lease);
    if (lease.state() === 'held') return this.#pass(flight);
    const answer = desk?.judge(flight, member, demand, lease) ?? (refusal === null ? 'wait' : refused(task, refusal));
    if (answer === 'wait' || answer === 'away') this.#reasons.waits(task, lease.shortage());
    if (answer === 'wait') this.#keepFor(flight, member);
    else this.#withdraw(flight);
    return answer === 'away' ? 'wait' : answer;
  }

  /** The next one that is let through; null: there is none now. */
  next(): LetThrough | null {
    this.#host.desk?.look();
    for (let next = this.#news.shift(); next !== undefined; next = this.#news.shift()) {
      const { flight, report } = next;
      if (flight.state !== 'heldBack') continue;
      if (this.#keeper?.flight === flight) this.#letGo();
      if (this.#leases.has(flight)) this.#offered.add(flight);
      return { flight, report };
    }
    return null;
  }

  /** Whoever was offered what it needs, and is still in line, gives it back. True when somebody else is let through for it. */
  takeBack(): boolean {
    for (const flight of this.#offered) {
      this.#offered.delete(flight);
      this.#leases.get(flight)?.release();
      this.#leases.delete(flight);
    }
    return this.#news.length > 0;
  }

  /** Places that are kept for somebody: 1 or 0. */
  get kept(): number {
    return this.#keeper === null ? 0 : 1;
  }

  /** A task has ended, was withdrawn, or has begun elsewhere: what it had is given back, its use settled where it began. */
  left(flight: Flight, report: TaskReport | null): void {
    this.#undoing.delete(flight);
    this.#host.desk?.left(flight);
    this.#inAdvance.delete(flight);
    if (report === null || report.ok) this.#gaveWay.forget(flight.task);
    const reported = report?.usage?.tokens;
    const tokens = flight.leases === null ? reported : flight.leases.end(reported);
    const lease = this.#leases.get(flight);
    if (lease === undefined) return;
    this.#leases.delete(flight);
    this.#offered.delete(flight);
    if (this.#keeper?.flight === flight) this.#letGo();
    if (flight.member !== null) lease.settle(tokens === undefined ? {} : { tokens });
    else {
      lease.release();
      // whoever stood behind it at a turnstile goes on, and nothing else may ever happen here
      queueMicrotask(this.#host.stirred);
    }
  }

  #ask(flight: Flight, demand: Demand, { agent }: Member): Lease {
    const { task } = flight;
    const { ledger } = this.#host;
    const asking = { lease: task.key, owner: task.key, turn: this.turnOf(flight) };
    const heard = (lease: Lease): void => this.#heard(flight, lease);
    const wishes = this.#gaveWay.of(task)?.wishes ?? [];
    if (wishes.length > 0) {
      const lease = ledger.ask({ ...inAdvance(demand, wishes), ...asking }, heard);
      if (lease.refusal()?.code !== 'RESOURCE_EXHAUSTED') {
        this.#inAdvance.set(flight, { demand, wishes });
        return lease;
      }
      this.#gaveWay.forgetWishes(task);
    }
    // Work that is done elsewhere goes on there under the same key: what a former process had reserved for it is reserved for it still.
    return ledger.ask({ ...demand, ...asking, ...(agent.recall === undefined ? {} : { continues: true }) }, heard);
  }

  /** It has everything; what it was granted in advance is ready for its agent to ask for. */
  #pass(flight: Flight): 'pass' {
    const asked = this.#inAdvance.get(flight);
    const lease = this.#leases.get(flight);
    if (asked === undefined || lease === undefined) return 'pass';
    this.#inAdvance.delete(flight);
    const { own, advance } = handedOut(this.#host.ledger, lease, asked.demand, asked.wishes);
    this.#leases.set(flight, own);
    flight.hasInAdvance(advance);
    return 'pass';
  }

  #keepFor(flight: Flight, member: Member): void {
    const { turn } = flight;
    if (!hasAged(turn, this.#host.now())) return;
    if (this.#keeper !== null && inTaskOrder(this.#keeper.flight.turn, turn) < 0) return;
    this.#letGo();
    member.keep(1);
    this.#keeper = { flight, member };
  }

  /** It does not stand in the queue any more. */
  #withdraw(flight: Flight): void {
    const lease = this.#leases.get(flight);
    this.#leases.delete(flight);
    lease?.release();
    if (this.#keeper?.flight === flight) this.#letGo();
  }

  #letGo(): void {
    if (this.#keeper === null) return;
    const { member } = this.#keeper;
    this.#keeper = null;
    member.keep(-1);
    queueMicrotask(this.#host.stirred);
  }

  #heard(flight: Flight, lease: Lease): void {
    if (this.#leases.get(flight) !== lease) return;
    const refusal = lease.refusal();
    if (refusal !== null) this.#leases.delete(flight);
    const isTooMuch = refusal?.code === 'RESOURCE_EXHAUSTED' && this.#inAdvance.delete(flight);
    if (isTooMuch) this.#gaveWay.forgetWishes(flight.task);
    const answer = refusal === null || isTooMuch ? null : (this.#host.desk?.judgeAgain(flight, lease) ?? refused(flight.task, refusal));
    if (answer === 'away' || answer === 'wait') return;
    this.#news.push({ flight, report: answer });
    queueMicrotask(this.#host.stirred);
  }
}

const refused = ({ step }: Task, error: NonNullable<ReturnType<Lease['refusal']>>): TaskReport => ({
  ok: false,
  thrown: true,
  error: { ...error, where: `step ${step}` },
});
