/** Questions that stand because a task lacks what only a higher limit brings. */
import {
  checkedShortageAnswer,
  noSuchShortage,
  notGranted,
  type ShortageAnswer,
  type ShortageQuestion,
} from '../../policy/shortage-question.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import type { Flight } from './flight.ts';

/** Where questions are kept, and people told of them. */
export interface QuestionKeeper {
  /** What a person has said already: why it is given no more. null: nothing. */
  refusal(id: string): string | null;
  /** It is asked. */
  asked(task: Task, question: ShortageQuestion): void;
  /** It needs no answer any more; a refusal was heard. */
  closed(id: string): void;
  /** The task that a former process may have asked about is about to ask for what it needs. */
  goesOn(id: string): void;
}

interface Asked {
  readonly flight: Flight;
  readonly question: ShortageQuestion;
  /** Takes the alarm of its deadline back. */
  readonly disarm: () => void;
}

const nothing = (): void => {};

/** The open questions of a desk. */
export class ShortageQuestions {
  readonly #keeper: QuestionKeeper;
  readonly #alarm: (due: number, ring: () => void) => () => void;
  readonly #letThrough: (flight: Flight) => void;
  readonly #asked = new Map<string, Asked>();
  #isStopped = false;

  constructor(keeper: QuestionKeeper, alarm: (due: number, ring: () => void) => () => void, letThrough: (flight: Flight) => void) {
    this.#keeper = keeper;
    this.#alarm = alarm;
    this.#letThrough = letThrough;
  }

  /** Asks, unless a person has said no already. A task that could not begin in time any more goes on, to be told so. */
  ask(flight: Flight, question: ShortageQuestion): 'away' | TaskReport {
    const refused = this.#keeper.refusal(question.id);
    if (refused !== null) {
      this.#keeper.closed(question.id);
      return { ok: false, thrown: true, error: notGranted(question, refused) };
    }
    const { latestStart } = flight.turn;
    const disarm = latestStart === null ? nothing : this.#alarm(latestStart + 1, () => this.#expire(flight));
    this.#asked.set(question.id, { flight, question, disarm });
    this.#keeper.asked(flight.task, question);
    return 'away';
  }

  /** The oldest first. */
  open(): readonly ShortageQuestion[] {
    return Array.from(this.#asked.values(), ({ question }) => question);
  }

  /** An answer to a question that is open. Throws TroupeError ANSWER_REFUSED where it is not, or is not answered by that. */
  checked(id: string, given: unknown): { readonly flight: Flight; readonly question: ShortageQuestion; readonly answer: ShortageAnswer } {
    const asked = this.#asked.get(id);
    if (asked === undefined) throw noSuchShortage(id);
    return { flight: asked.flight, question: asked.question, answer: checkedShortageAnswer(asked.question, given) };
  }

  /** The question of a task, if there is one, needs no answer any more. When the house stops, it stays written down. */
  left({ task }: Flight): void {
    const asked = this.#asked.get(task.key);
    if (asked === undefined) return;
    this.#asked.delete(task.key);
    asked.disarm();
    if (!this.#isStopped) this.#keeper.closed(task.key);
  }

  /** Takes all questions back; they may be asked again. Returns whose they were. */
  withdrawAll(): readonly Flight[] {
    const flights = Array.from(this.#asked.values(), ({ flight }) => flight);
    for (const flight of flights) this.left(flight);
    return flights;
  }

  stop(): void {
    this.#isStopped = true;
    for (const { disarm } of this.#asked.values()) disarm();
  }

  #expire(flight: Flight): void {
    this.left(flight);
    this.#letThrough(flight);
  }
}
