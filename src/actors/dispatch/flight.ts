/**
 * One attempt on its way: the context its agent works in, and where it stands. Made for every task, so it holds plain
 * fields only; the abort signal and the bound functions come into being when the agent reads them.
 */
import type { AgentWish } from '../../policy/agent-match.ts';
import type { TaskTurn } from '../../policy/task-order.ts';
import type { PerformContext, ProgressReport } from '../../protocol/agent.ts';
import type { CoordinationMessage } from '../../protocol/coordination.ts';
import { TroupeError } from '../../protocol/errors.ts';
import type { AgentChosen } from '../../protocol/facts.ts';
import type { Json } from '../../protocol/json.ts';
import { stopReason } from '../../protocol/stop-reason.ts';
import type { Task } from '../../protocol/task.ts';
import type { Member } from '../pool/member.ts';
import type { Pool } from '../pool/pool.ts';
import type { AdvanceLease } from '../resources/in-advance.ts';
import { ServiceCalls } from '../services/service-calls.ts';
import type { Services } from '../services/services.ts';
import type { AttemptLeases } from './attempt-leases.ts';
import { Correspondence } from './correspondence.ts';
import { type Progress, ProgressAccount } from './progress-account.ts';
import { checkedProgress } from './progress-check.ts';

/**
 * `arriving` → `heldBack` until others of its run have stopped → `waiting` for a place and an agent, `heldBack` again where these are there but
 * not what else it needs → `called` (its turn has come) → `performing` → `ended` (reported). `cancelled` still holds its place while the agent winds down; `gone` holds nothing any more: what its
 * agent still answers is late.
 */
export type FlightState = 'arriving' | 'heldBack' | 'waiting' | 'called' | 'performing' | 'cancelled' | 'gone' | 'ended';

/** What a flight needs of its host. */
export interface FlightHost {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Passes chatter on. */
  readonly note: (task: Task, note: unknown) => void;
  /** Somebody waits for what the agent has reported of its progress. */
  readonly progressed: (task: Task, progress: Progress) => void;
  /** Passes on what the agent says to others in its run. */
  readonly said: (task: Task, message: CoordinationMessage) => void;
  /** The services that agents call. */
  readonly services: Services;
}

/** An agent that is given a task because another one would have used more of what was short. */
export interface Lighter {
  readonly agent: string;
  readonly insteadOf: string;
  readonly why: string;
}

/** Who may do a task. */
export interface FlightPart {
  /** null: nobody plays it. */
  readonly pool: Pool | null;
  /** Id of whoever has worked for the same part of its run before; null: nobody. */
  readonly former: string | null;
  /** What it asks for, in one word. */
  readonly lane: string;
}

/** Where agents at work ask for resources. */
export interface FlightMeans {
  readonly leasesOf: (flight: Flight, advance?: readonly AdvanceLease[]) => AttemptLeases;
}

const ignore = (): void => {};

const NO_TURN: TaskTurn = { priority: 'medium', since: 0, latestStart: null, place: 0 };

const NO_NAMES: readonly string[] = [];

/** The context of one attempt, and its way through the dispatcher. */
export class Flight implements PerformContext {
  readonly task: Task;
  /** Who may do it, as long as nobody joins them or leaves; null: nobody plays it. */
  pool: Pool | null;
  wish: AgentWish;
  /** What it asks for, in one word. */
  readonly lane: string;
  /** Who does it, from when it is called. */
  member: Member | null = null;
  /** The lighter agent that is to do it, in place of another one, because something was short; null: whoever suits it best. */
  lighter: Lighter | null = null;
  /** When its agent was given it, ms since the epoch. */
  begunAt = 0;
  /** From when it waits. */
  turn: TaskTurn = NO_TURN;
  state: FlightState = 'arriving';
  /** It is still wanted, but not here. */
  isLeft = false;
  readonly #host: FlightHost;
  #controller: AbortController | null = null;
  #forced: AbortController | null = null;
  #reason: TroupeError | null = null;
  #whenEnded: (() => void)[] | null = null;
  #correspondence: Correspondence | null = null;
  #account: ProgressAccount | null = null;
  #calls: ServiceCalls | null = null;
  readonly #means: FlightMeans;
  #leases: AttemptLeases | null = null;

  constructor(task: Task, { pool, former, lane }: FlightPart, host: FlightHost, means: FlightMeans) {
    this.#means = means;
    this.task = task;
    this.pool = pool;
    this.wish = { capabilities: task.needs?.capabilities ?? NO_NAMES, preferred: task.agent ?? null, former };
    this.lane = lane;
    this.#host = host;
  }

  get waits(): boolean {
    return this.state === 'waiting';
  }

  /** Whether it has had to wait. */
  get hasTurn(): boolean {
    return this.turn !== NO_TURN;
  }

  /** It has to wait for the first time, from `since` on; `latestStart` to be done in time: ms since the epoch. `place` counts those who wait. */
  takeTurn(since: number, latestStart: number | null, place: number): void {
    this.turn = { priority: this.task.priority ?? 'medium', since, latestStart, place };
  }

  /** What its agent was chosen for beside how well it suits it. */
  get chosenAs(): Pick<AgentChosen, 'lighter'> {
    if (this.lighter === null || this.lighter.agent !== this.member?.id) return {};
    const { insteadOf, why } = this.lighter;
    return { lighter: { insteadOf, why } };
  }

  /** It is given to a lighter agent; null: to whoever suits it best after all. */
  takes(lighter: Lighter | null): void {
    this.lighter = lighter;
    this.wish = { ...this.wish, preferred: lighter?.agent ?? this.task.agent ?? null };
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get forced(): AbortSignal {
    this.#forced ??= new AbortController();
    return this.#forced.signal;
  }

  /** Its agent listens for force. */
  get hearsForce(): boolean {
    return this.#forced !== null;
  }

  get now(): () => number {
    return this.#host.now;
  }

  get progress(): (note: Json) => void {
    return (note) => {
      if (this.state === 'performing') this.#host.note(this.task, note);
    };
  }

  get sleep(): (ms: number) => Promise<void> {
    return (ms) => {
      const { signal } = this;
      const slept = signal.aborted ? Promise.reject(signal.reason) : this.#host.sleep(ms, signal);
      // an agent that does not await its sleep must not bring the process down when the sleep is cut short
      slept.catch(ignore);
      return slept;
    };
  }

  get report(): PerformContext['report'] {
    return (report) => {
      const checked = checkedProgress(report);
      if (this.state === 'performing') this.#report(checked);
    };
  }

  get send(): PerformContext['send'] {
    return this.#talk().send;
  }

  get ask(): PerformContext['ask'] {
    return this.#talk().ask;
  }

  get answer(): PerformContext['answer'] {
    return this.#talk().answer;
  }

  get arrive(): PerformContext['arrive'] {
    return this.#talk().arrive;
  }

  get call(): PerformContext['call'] {
    if (this.#calls === null) {
      this.#calls = new ServiceCalls(this.#host.services, this.task, this.#host.now, () => this.state !== 'performing');
      if (this.state === 'gone' || this.state === 'ended') this.#calls.end();
    }
    return this.#calls.call;
  }

  /** What its agent has called; null: nothing. */
  get calls(): ServiceCalls | null {
    return this.#calls;
  }

  get lease(): PerformContext['lease'] {
    if (this.#leases === null) {
      this.#leases = this.#means.leasesOf(this);
      if (this.state === 'gone' || this.state === 'ended') this.#leases.end(undefined);
    }
    return this.#leases.ask;
  }

  /** It begins with what its agent is about to ask for. */
  hasInAdvance(advance: readonly AdvanceLease[]): void {
    this.#leases = this.#means.leasesOf(this, advance);
  }

  /** What its agent has asked for while it works; null: nothing. */
  get leases(): AttemptLeases | null {
    return this.#leases;
  }

  get messages(): PerformContext['messages'] {
    return this.#talk().messages;
  }

  get onMessage(): PerformContext['onMessage'] {
    return this.#talk().onMessage;
  }

  /** Takes in what another agent says to this one. */
  receive(message: CoordinationMessage): void {
    this.#talk().receive(message);
  }

  /** Tells the agent to stop; `signal.reason` is a TroupeError TASK_CANCELLED, which says when only the house stops. */
  abort(reason: string, houseStops = this.isLeft): void {
    this.#reason = stopReason(this.task.key, reason, houseStops);
    this.#controller?.abort(this.#reason);
    this.#correspondence?.end(this.#reason);
  }

  /** Tells an agent that has not stopped to let everything go at once. */
  force(reason: string): void {
    this.#forced?.abort(new TroupeError('TASK_CANCELLED', `the task ${this.task.key} is ended by force: ${reason}`, { retryable: false }));
  }

  /** Calls back when the flight has given its place up. */
  onEnd(callback: () => void): void {
    this.#whenEnded ??= [];
    this.#whenEnded.push(callback);
  }

  /** The flight has given its place up. */
  end(): void {
    this.#correspondence?.end();
    this.#calls?.end();
    for (const callback of this.#whenEnded ?? []) callback();
    this.#whenEnded = null;
  }

  #report(report: ProgressReport): void {
    this.#account ??= new ProgressAccount(this.task.checkpoints ?? []);
    const { progress, matters } = this.#account.take(report);
    this.#host.note(this.task, progress);
    if (matters) this.#host.progressed(this.task, progress);
  }

  #talk(): Correspondence {
    if (this.#correspondence === null) {
      this.#correspondence = new Correspondence(this.task, (message) => this.#host.said(this.task, message));
      if (this.state === 'cancelled' || this.state === 'gone' || this.state === 'ended') this.#correspondence.end(this.#reason);
    }
    return this.#correspondence;
  }
}
