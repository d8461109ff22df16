/** One lease at work: its statechart, and what is known of it besides. */
import { type Actor, createActor } from 'xstate';
import { resourceLeaseMachine } from '../../machines/resource-lease.ts';
import type { LeaseRequest, LeaseVerdict, Shortage } from '../../policy/lease-decision.ts';
import type { TaskTurn } from '../../policy/task-order.ts';
import type { ErrorData } from '../../protocol/errors.ts';

/** Where a lease stands. */
export type LeaseState = 'asking' | 'waiting' | 'held' | 'settling' | 'released' | 'refused' | 'expired';

/** What came of a settlement: tokens that count as used, and by how many that is more than was reserved. */
export interface Settlement {
  readonly counted: number;
  readonly over: number;
}

/** What an owner has of its request. */
export interface Lease {
  readonly id: string;
  /** To be said again when it is asked for again after a refusal, so that it grows older and not younger. */
  readonly turn: TaskTurn;
  /** What is reserved for it, once it is held. */
  readonly amounts: LeaseRequest['amounts'];
  state(): LeaseState;
  /** What it waits for, or was refused for; null otherwise. */
  shortage(): Shortage | null;
  /** Why it was refused; null unless it was. */
  refusal(): ErrorData | null;
  /**
   * The call has ended, well or not. `tokens`: what it really used, more than was reserved included; what is not known counts as what was
   * reserved. Only the first settlement of a lease that is held counts.
   */
  settle(used?: { readonly tokens?: number }): Settlement;
  /** It is not needed any more, and nothing was used: it leaves the queue, or gives everything back. Again and again is fine. */
  release(): void;
}

/** A lease in the hands of its ledger. */
export class LiveLease {
  /** As it is booked. */
  readonly request: LeaseRequest;
  /** As it is judged: what a former process had reserved for the same call is not asked for again. */
  readonly asked: LeaseRequest;
  /** When it was granted, ms since the epoch. */
  heldSince = 0;
  /** Counts those who came to a queue: among those whose turns are equal, first come, first served. */
  joined = 0;
  /** When time alone makes a difference to it while it waits, ms since the epoch; null: never. */
  until: number | null = null;
  /** What it lacked when it was judged last; null: nothing yet. */
  why: Shortage | null = null;
  readonly #actor: Actor<typeof resourceLeaseMachine>;

  constructor(request: LeaseRequest, asked = request) {
    this.request = request;
    this.asked = asked;
    this.#actor = createActor(resourceLeaseMachine, { id: `lease/${request.lease}`, input: { request } });
    this.#actor.subscribe({ error: () => {} });
    this.#actor.start();
  }

  /** True when a call that a former process began goes on. */
  get continues(): boolean {
    return this.asked !== this.request;
  }

  /** What its owner gets; `ends`: what its ledger does when the owner ends it. */
  handle(ends: Pick<Lease, 'settle' | 'release'>): Lease {
    const { lease, turn, amounts } = this.request;
    return {
      id: lease,
      turn,
      amounts,
      state: () => this.state(),
      shortage: () => this.shortage(),
      refusal: () => this.refusal(),
      ...ends,
    };
  }

  judge(verdict: LeaseVerdict): void {
    this.#actor.send({ type: 'request.judged', verdict });
  }

  /** It waits. The statechart is told when that is for something of another kind than before. */
  wait(verdict: Extract<LeaseVerdict, { verdict: 'wait' }>): void {
    const isNew = this.why?.kind !== verdict.why.kind;
    this.why = verdict.why;
    this.until = verdict.until;
    if (isNew) this.judge(verdict);
  }

  grant(now: number): void {
    this.heldSince = now;
    this.judge({ verdict: 'grant' });
  }

  settle(tokens: number | null): Settlement {
    this.#actor.send({ type: 'call.settled', tokens });
    const counted = this.#actor.getSnapshot().context.counted;
    return { counted, over: Math.max(0, counted - (this.request.amounts.tokens ?? 0)) };
  }

  booked(): void {
    if (this.state() === 'settling') this.#actor.send({ type: 'settlement.booked' });
  }

  end(type: 'cancel' | 'owner.gone'): void {
    this.#actor.send({ type });
  }

  state(): LeaseState {
    return this.#actor.getSnapshot().value;
  }

  shortage(): Shortage | null {
    return this.state() === 'waiting' ? this.why : this.#actor.getSnapshot().context.why;
  }

  refusal(): ErrorData | null {
    return this.#actor.getSnapshot().context.refusal;
  }
}
