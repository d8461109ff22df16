import type { Stopping } from '../actors/dispatch/cancellation.ts';
import type { MessageOptions } from '../protocol/agent.ts';
import type { Json } from '../protocol/json.ts';
import { type AnswerGiven, type AnswerReceipt, type DelegationGiven, giveAnswer, giveDelegation } from './answering.ts';
import { type CoordinationListener, coordinationObserver } from './coordination-listeners.ts';
import type { CoordinationPattern } from './coordination-pattern.ts';
import { dropFact, type LetterDropping } from './dead-letters.ts';
import { EventStream } from './event-stream.ts';
import type { HostedRun } from './hosted-run.ts';
import type { Hosting } from './hosting.ts';
import type { HouseShortages } from './house-shortages.ts';
import { outsideMessage, plainValue } from './intake.ts';
import { pastEvents } from './past-events.ts';
import { type LargerBudgets, tokensOnTop } from './raised-budgets.ts';
import type { RunEvent, RunResult } from './run-event.ts';
import { type RunView, viewOf } from './run-view.ts';
import { shortageAnswerOf, shortageToken, withShortages } from './shortage-view.ts';

/** How a run is cancelled. */
export interface CancelOptions {
  /** Waits for nobody. Default false. */
  readonly force?: boolean;
}

/** A run of this runtime, for whoever started or resumed it. */
export interface RunHandle {
  readonly id: string;
  /** Resolves when the run has ended, however it ended. Rejects only when this host cannot go on with it (STORE_…, REPLAY_DIVERGED, RUNTIME_STOPPED): the run is then resumable. */
  result(): Promise<RunResult>;
  /**
   * Everything that happened in the run and everything that happens, without a gap; ends with the run. `from: 'now'` leaves out the past.
   * Chatter of agents (`task.progress`) is told only while it happens, and how members get along (`coordination`) only where it is asked for.
   */
  events(options?: { readonly from?: 'start' | 'now'; readonly coordination?: boolean }): AsyncIterableIterator<RunEvent>;
  /**
   * Calls back for each coordination event from now on that the pattern means: a type, `agent.*`, `*`, or a list of these. Returns what ends
   * it. Throws DEFINITION_INVALID for a pattern that can never match.
   */
  coordination(pattern: CoordinationPattern, listener: CoordinationListener): () => void;
  /**
   * Tells a step, or a persona as `persona:<name>`, something from outside. Resolves with the id of the message when it is durable; rejects
   * with INPUT_INVALID, RUN_ENDED or what made the run leave this host. A message that nobody can be given is a dead letter; `again`: the id of
   * the one in whose place this is sent.
   */
  send(to: string, body: Json, options?: MessageOptions & { readonly again?: string }): Promise<string>;
  /** Puts a dead letter of the run aside, by its id within the run. Resolves when it is durable; rejects with INPUT_INVALID, RUN_ENDED, …. */
  dropLetter(letter: string, dropping: LetterDropping): Promise<void>;
  /** Gives the run a signal from outside. A signal nobody waits for yet is kept. Resolves when it is durable; rejects with INPUT_INVALID, RUN_ENDED or what made the run leave this host. */
  signal(name: string, payload?: Json): Promise<void>;
  /**
   * Answers the question of a step. Resolves when it is durable, with what became of it; rejects with INPUT_INVALID (nothing is recorded),
   * ANSWER_REFUSED (it is on record and took no effect: it came too late, or from somebody who is not asked), RUN_ENDED or what made the run
   * leave this host. The same answer with the same token may be given again: it counts once.
   */
  answer(step: string, answer: AnswerGiven): Promise<AnswerReceipt>;
  /** Passes the question of a step on to somebody else. Resolves and rejects as `answer` does. */
  delegate(step: string, delegation: DelegationGiven): Promise<AnswerReceipt>;
  /**
   * Ends the run: nothing new starts, agents are told to stop, late results are never applied, and what the workflow says is to be undone on a
   * cancel is undone. With `force` agents that were told to stop are not waited for, and what is being undone already is cut short: what was
   * not undone is listed in the outcome. Resolves when the request is durable.
   */
  cancel(reason?: string, options?: CancelOptions): Promise<void>;
  /** Attempts that are being stopped just now, and how far that is. The run goes on, or ends, without them. */
  stopping(): readonly Stopping[];
  /** Resolves when none of its attempts is being stopped any more: nothing of the run is left but what was abandoned. */
  stopped(): Promise<void>;
  /**
   * Gives more to the run or to steps of it that have a budget; people who are asked for it are asked no more. Resolves when it is durable;
   * rejects with INPUT_INVALID (no such budget, or one that is no larger), RUN_ENDED or what made the run leave this host.
   */
  raiseBudget(budgets: LargerBudgets): Promise<void>;
  /** No further attempt starts until `resume()`; attempts in flight may end. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The run as it stands. One that waits, and was dropped from memory, is read again: throws STORE_… and REPLAY_DIVERGED. */
  state(): RunView;
}

/** What a handle needs of the host of its run. */
interface HandleHost extends Pick<Hosting, 'store' | 'time' | 'house'> {
  /** What people are asked because something is short, and their answers. */
  readonly shortagesHere: Pick<HouseShortages, 'of' | 'answer'>;
}

/** The handle of a hosted run. It holds nothing of the run but its host's: thousands of handles may be held of runs that wait. */
export class HostedRunHandle implements RunHandle {
  readonly #hosted: HostedRun;
  readonly #hosting: HandleHost;

  constructor(hosted: HostedRun, hosting: HandleHost) {
    this.#hosted = hosted;
    this.#hosting = hosting;
  }

  get id(): string {
    return this.#hosted.id;
  }

  result(): Promise<RunResult> {
    return this.#hosted.result;
  }

  events({ from = 'start', coordination = false }: { readonly from?: 'start' | 'now'; readonly coordination?: boolean } = {}): EventStream {
    const hosted = this.#hosted;
    return new EventStream({
      past: from === 'now' ? Promise.resolve([]) : told(this.#hosting.store, hosted, coordination),
      observe: (observer) => hosted.observe(observer, coordination),
      over: hosted.result,
    });
  }

  coordination(pattern: CoordinationPattern, listener: CoordinationListener): () => void {
    return this.#hosted.observe(coordinationObserver(pattern, listener), true);
  }

  async dropLetter(letter: string, dropping: LetterDropping): Promise<void> {
    return this.#hosted.deliver(dropFact({ id: letter }, dropping, this.#now()));
  }

  async send(to: string, body: Json, options: MessageOptions & { readonly again?: string } = {}): Promise<string> {
    const message = outsideMessage(this.#hosted.outsideId(), to, body, options);
    await this.#hosted.deliver({ type: 'message.sent', at: this.#now(), message });
    return message.id;
  }

  async signal(name: string, payload: Json = null): Promise<void> {
    return this.#hosted.deliver({ type: 'signal.received', at: this.#now(), name: String(name), payload: plainValue(payload, 'payload') });
  }

  async answer(step: string, answer: AnswerGiven): Promise<AnswerReceipt> {
    const { shortagesHere } = this.#hosting;
    const short = shortagesHere.of(this.id).find((question) => question.step === step);
    const token = short === undefined ? null : shortageToken(short);
    if (short === undefined || token === null || (answer.token !== undefined && answer.token !== token)) {
      return giveAnswer(this.#hosted, step, answer, this.#now());
    }
    shortagesHere.answer(short.id, shortageAnswerOf(short, answer));
    return { token, outcome: 'taken', isOpen: false };
  }

  async delegate(step: string, delegation: DelegationGiven): Promise<AnswerReceipt> {
    return giveDelegation(this.#hosted, step, delegation, this.#now());
  }

  cancel(reason = 'cancelled on request', { force = false }: CancelOptions = {}): Promise<void> {
    // What has ended may still be stopping its agents.
    if (force) this.#hosting.house.force(this.id);
    return this.#hosted.deliver({ type: 'run.cancel_requested', at: this.#now(), reason, ...(force ? { force } : {}) });
  }

  stopping(): readonly Stopping[] {
    return this.#hosting.house.stopping().filter(({ run }) => run === this.id);
  }

  stopped(): Promise<void> {
    return this.#hosting.house.stopped(this.id);
  }

  async raiseBudget(budgets: LargerBudgets): Promise<void> {
    const budget = tokensOnTop(this.#hosted.run.state, budgets);
    return this.#hosted.deliver({ type: 'budget.raised', at: this.#now(), budget });
  }

  pause(): Promise<void> {
    return this.#hosted.deliver({ type: 'run.paused', at: this.#now() });
  }

  resume(): Promise<void> {
    return this.#hosted.deliver({ type: 'run.resumed', at: this.#now() });
  }

  state(): RunView {
    const view = viewOf(this.#hosted.run, this.#hosted.origin.startedAt, this.#now());
    return withShortages(view, this.#hosting.shortagesHere.of(this.id));
  }

  #now(): number {
    return this.#hosting.time.now();
  }
}

/** The events of what has been taken in so far, once it is durable. */
async function told(store: Hosting['store'], hosted: HostedRun, coordination: boolean): Promise<RunEvent[]> {
  const facts = hosted.taken;
  await hosted.observers.until(facts);
  return pastEvents(store, hosted.id, facts, coordination);
}
