/**
 * Being with runs until this process is done with them: they are shown while they go on, and left when they have ended, when
 * somebody says stop, when their time is up, or when they only wait for people and nobody is watching.
 *
 * The first Ctrl-C (or SIGTERM) saves and stops: agents may end, what they had not finished is done again on resume under the same
 * key. The second one stops at once; the journal survives that too.
 */
import { errorData, formatDuration, type RunHandle } from '../../index.ts';
import { displayFor } from '../display/display-for.ts';
import type { RunDisplay } from '../display/run-display.ts';
import { EXIT } from '../failure/exit-code.ts';
import type { Desk } from '../terminal/desk.ts';
import { Conversation } from './conversation.ts';
import type { Ending } from './ending.ts';
import type { House } from './house.ts';
import { Idleness } from './idleness.ts';
import { after } from './long-timer.ts';

const A_DAY_MS = 86_400_000;

/** A run to attend to. */
export interface Attended {
  readonly run: RunHandle;
  /** It is shown from the time on when it was taken up for so many times; 0: from its start. */
  readonly since: number;
}

export interface AttendanceOptions {
  /** The runs are cancelled when they have not ended after that many ms. */
  readonly timeoutMs?: number;
  /** Stay although only people are waited for and nobody is watching. */
  readonly wait?: boolean;
}

/** Attends to runs of a house, and closes the house. Resolves with an ending for each run, in their order. */
export async function attend(desk: Desk, house: House, runs: readonly Attended[], options: AttendanceOptions): Promise<Ending[]> {
  const attendance = new Attendance(desk, house, options);
  try {
    return await attendance.attend(runs);
  } finally {
    await house.close();
  }
}

class Attendance {
  readonly #desk: Desk;
  readonly #house: House;
  readonly #options: AttendanceOptions;
  readonly #display: RunDisplay;
  /** Runs that have not come to an end here. */
  readonly #open = new Map<RunHandle, Idleness>();
  readonly #conversation: Conversation | null;
  /** What runs waited for when they were left because of it: nobody asks it any more once the house has stopped. */
  readonly #waiting = new Map<RunHandle, Pick<Extract<Ending, { kind: 'waiting' }>, 'view' | 'signals'>>();
  #stopping: 'interrupted' | 'unread' | 'waiting' | null = null;
  #stopped: Promise<void> | null = null;
  #timedOut = false;
  #looking = false;

  constructor(desk: Desk, house: House, options: AttendanceOptions) {
    this.#desk = desk;
    this.#house = house;
    this.#options = options;
    this.#display = displayFor(desk);
    const { askLine } = desk.surroundings;
    this.#conversation = desk.isWatched && askLine !== null ? new Conversation(desk, this.#display, askLine) : null;
  }

  async attend(runs: readonly Attended[]): Promise<Ending[]> {
    const { surroundings } = this.#desk;
    const { timeoutMs } = this.#options;
    const undo = [surroundings.onInterrupt(() => this.#interrupt()), surroundings.onUnread(() => this.#stop('unread'))];
    // A run that is paused, or waits for a person, keeps nothing else of this process awake.
    const awake = setInterval(() => {}, A_DAY_MS);
    undo.push(() => clearInterval(awake));
    if (timeoutMs !== undefined) undo.push(after(timeoutMs, () => this.#timeOut(timeoutMs)));
    try {
      for (const { run } of runs) this.#begin(run);
      this.#look();
      return await Promise.all(runs.map((attended) => this.#follow(attended)));
    } finally {
      this.#conversation?.end();
      await this.#stopped;
      for (const undoOne of undo) undoOne();
      this.#display.end();
    }
  }

  #begin(run: RunHandle): void {
    this.#open.set(run, new Idleness(run, () => this.#house.shortages()));
    this.#house.announce(run);
    this.#display.begin(run);
  }

  async #follow({ run, since }: Attended): Promise<Ending> {
    const idleness = this.#open.get(run);
    let before = since;
    for await (const event of run.events({ coordination: true })) {
      if (before > 0 && (event.type === 'run.recovered' || event.type === 'run.retried')) before -= 1;
      if (before > 0) continue;
      idleness?.event(event);
      this.#conversation?.event(event);
      this.#display.event(event);
      this.#look();
    }
    const ending = await this.#ending(run);
    this.#open.delete(run);
    this.#look();
    return ending;
  }

  async #ending(run: RunHandle): Promise<Ending> {
    try {
      const result = await run.result();
      return { kind: 'ended', view: run.state(), result, timedOut: this.#timedOut && result.status === 'cancelled' };
    } catch (thrown) {
      const error = errorData(thrown);
      const view = run.state();
      if (error.code !== 'RUNTIME_STOPPED') return { kind: 'lost', view, error };
      if (this.#stopping !== 'waiting') return { kind: 'stopped', view };
      return { kind: 'waiting', ...(this.#waiting.get(run) ?? { view, signals: [] }) };
    }
  }

  /** Looks once, after everything that has happened by now has been told, whether anything but people is still waited for. */
  #look(): void {
    if (this.#looking || (this.#conversation === null && (this.#desk.isWatched || this.#options.wait === true))) return;
    this.#looking = true;
    setImmediate(() => {
      this.#looking = false;
      if (this.#conversation !== null) {
        this.#conversation.offer([...this.#open].flatMap(([run, idleness]) => (idleness.signals().length > 0 ? [run] : [])));
        return;
      }
      const open = [...this.#open].map(([run, idleness]) => [run, idleness.signals()] as const);
      if (open.length === 0 || open.some(([, signals]) => signals.length === 0)) return;
      for (const [run, signals] of open) this.#waiting.set(run, { view: run.state(), signals });
      this.#stop('waiting');
    });
  }

  #interrupt(): void {
    if (this.#stopping === 'interrupted') {
      this.#desk.surroundings.leave(EXIT.interrupted);
      return;
    }
    this.#display.say('Saving and stopping. Ctrl-C again stops at once.');
    this.#stop('interrupted');
  }

  #stop(why: 'interrupted' | 'unread' | 'waiting'): void {
    this.#stopping = why;
    this.#conversation?.end();
    this.#stopped ??= this.#house.stop();
  }

  #timeOut(timeoutMs: number): void {
    this.#timedOut = true;
    const reason = `the run took longer than ${formatDuration(timeoutMs)} (--timeout)`;
    // A run that has ended in this moment needs no end any more.
    for (const run of this.#open.keys()) void run.cancel(reason).catch(() => {});
  }
}
