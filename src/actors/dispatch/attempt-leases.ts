/**
 * What one attempt is granted while its agent works. Made when its agent first asks.
 *
 * An attempt that holds nothing may wait for whatever it asks for. One that holds something may wait for younger ones only, and is refused
 * otherwise (see `decideLease`): so nobody ever waits in a circle. The age of an attempt is that of its turn.
 *
 * Laws
 * 1. Everything is given back once: by the agent, or when the attempt ends, however that comes.
 * 2. Who waits when its signal aborts, or when its attempt ends, waits no longer and is granted nothing.
 * 3. What the agent says after that changes nothing.
 * 4. Tokens count once: those that leases of the attempt were settled with are a part of those that it says it used in all.
 */
import type { ResourceLimits } from '../../policy/resource-amounts.ts';
import type { TaskTurn } from '../../policy/task-order.ts';
import type { LeaseWish, TaskLease } from '../../protocol/agent.ts';
import { type ErrorData, TroupeError } from '../../protocol/errors.ts';
import type { Task } from '../../protocol/task.ts';
import type { AdvanceLease } from '../resources/in-advance.ts';
import type { Lease } from '../resources/lease.ts';
import type { Ledger } from '../resources/ledger-contract.ts';
import { accountsOf, takenBy } from '../resources/task-accounts.ts';
import { checkedWish, wishKey } from './lease-wish.ts';

/** Where an attempt asks. */
export interface LeaseDesk {
  readonly ledger: Ledger;
  /** What there is over all; null: of everything plenty. */
  readonly limits: ResourceLimits | null;
  /** An attempt with this turn was refused what it wished for, because it has something and would have had to wait for an older one. */
  readonly gaveWay: (task: Task, turn: TaskTurn, wish: LeaseWish) => void;
}

/** Whose leases they are. */
export interface LeaseOwner {
  readonly task: Task;
  readonly signal: AbortSignal;
  /** Its age, the same for everything that it asks for. */
  readonly turn: TaskTurn;
}

interface Waiting {
  readonly resolve: (lease: TaskLease) => void;
  readonly reject: (reason: unknown) => void;
}

const ignore = (): void => {};

/** The leases of one attempt. */
export class AttemptLeases {
  readonly #desk: LeaseDesk;
  readonly #owner: LeaseOwner;
  /** Those that have not ended, with who waits for them. */
  readonly #open = new Map<Lease, Waiting | null>();
  readonly #advance: AdvanceLease[];
  #asked = 0;
  /** Tokens that were settled. */
  #counted = 0;
  #isOver = false;

  /** `advance`: what is reserved before the agent asks for it, because its former attempts did. */
  constructor(desk: LeaseDesk, owner: LeaseOwner, advance: readonly AdvanceLease[] = []) {
    this.#desk = desk;
    this.#owner = owner;
    this.#advance = [...advance];
  }

  /** See `PerformContext`. */
  readonly ask = (asked: LeaseWish): Promise<TaskLease> => {
    const answer = this.#ask(asked);
    // an agent that does not wait for it must not bring the process down when it is refused
    answer.catch(ignore);
    return answer;
  };

  async #ask(asked: LeaseWish): Promise<TaskLease> {
    const wish = checkedWish(asked);
    const { task, signal, turn } = this.#owner;
    signal.throwIfAborted();
    if (this.#isOver) throw hasEnded(task);
    const ready = this.#takeReady(wish);
    if (ready !== null) return this.#handle(ready);
    const { ledger, limits } = this.#desk;
    // It is at work already: what counts is by when it must have ended.
    const ownTurn = { ...turn, latestStart: task.deadlineAt ?? null };
    const accounts = accountsOf(task, limits);
    const ask = { lease: `${task.key}~${++this.#asked}`, owner: task.key, accounts, ...takenBy(wish), turn: ownTurn };
    const lease = ledger.ask(ask, (heard) => this.#heard(heard, wish));
    if (lease.state() === 'refused') throw this.#refusal(lease, wish);
    this.#open.set(lease, null);
    return lease.state() === 'held' ? this.#handle(lease) : this.#granted(lease, signal);
  }

  /**
   * The attempt has ended. `used`: the tokens that it says it used in all; absent where nobody knows, then what is not settled counts as it was
   * reserved. Returns what of `used` is not counted yet.
   */
  end(used: number | undefined): number | undefined {
    this.#isOver = true;
    for (const { lease } of this.#advance.splice(0)) lease.release();
    let rest = used === undefined ? undefined : Math.max(0, used - this.#counted);
    for (const [lease, waiting] of [...this.#open]) {
      this.#open.delete(lease);
      if (waiting !== null) {
        lease.release();
        waiting.reject(hasEnded(this.#owner.task));
      } else if (rest === undefined) lease.settle();
      else {
        const tokens = Math.min(rest, lease.amounts.tokens ?? 0);
        rest -= tokens;
        lease.settle({ tokens });
      }
    }
    return rest;
  }

  /** What was reserved for just this before it was asked for. */
  #takeReady(wish: LeaseWish): Lease | null {
    const place = this.#advance.findIndex((each) => wishKey(each.wish) === wishKey(wish));
    const [ready] = place < 0 ? [] : this.#advance.splice(place, 1);
    if (ready !== undefined) this.#open.set(ready.lease, null);
    return ready?.lease ?? null;
  }

  #granted(lease: Lease, signal: AbortSignal): Promise<TaskLease> {
    return new Promise((resolve, reject) => {
      const over = (): void => {
        if (!this.#open.delete(lease)) return;
        lease.release();
        reject(signal.reason);
      };
      const isHeard =
        <Value>(tell: (value: Value) => void) =>
        (value: Value): void => {
          signal.removeEventListener('abort', over);
          tell(value);
        };
      signal.addEventListener('abort', over, { once: true });
      this.#open.set(lease, { resolve: isHeard(resolve), reject: isHeard(reject) });
    });
  }

  #heard(lease: Lease, wish: LeaseWish): void {
    const waiting = this.#open.get(lease) ?? null;
    if (waiting === null) return;
    if (lease.state() === 'held') {
      this.#open.set(lease, null);
      waiting.resolve(this.#handle(lease));
    } else {
      this.#open.delete(lease);
      waiting.reject(this.#refusal(lease, wish));
    }
  }

  #refusal(lease: Lease, wish: LeaseWish): TroupeError {
    const { task, turn } = this.#owner;
    const refusal = refusalOf(lease, task);
    if (refusal.code === 'RESOURCE_CONFLICT') this.#desk.gaveWay(task, turn, wish);
    return refusal;
  }

  #handle(lease: Lease): TaskLease {
    return {
      release: () => {
        if (this.#open.delete(lease)) lease.release();
      },
      settle: ({ tokens } = {}) => {
        if (this.#open.delete(lease)) this.#counted += lease.settle(tokens === undefined ? {} : { tokens }).counted;
      },
    };
  }
}

const hasEnded = ({ key }: Task): TroupeError => new TroupeError('TASK_CANCELLED', `the attempt ${key} has ended`, { retryable: false });

function refusalOf(lease: Lease, { step }: Task): TroupeError {
  const refusal: ErrorData = lease.refusal() ?? { code: 'INTERNAL', message: `the request ${lease.id} came to nothing` };
  const { code, message, ...more } = refusal;
  return new TroupeError(code, message, { ...more, where: `step ${step}` });
}
