/** What a house does about shortages: its desk, and the questions of it that are kept in the store. */

import { ShortageDesk } from '../actors/dispatch/shortage-desk.ts';
import type { QuestionKeeper } from '../actors/dispatch/shortage-questions.ts';
import type { UsageBook } from '../actors/resources/usage-book.ts';
import { STRATEGIES, type Strategy } from '../policy/shortage-plan.ts';
import { questionInWords, type ShortageAnswer, type ShortageQuestion } from '../policy/shortage-question.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { Json } from '../protocol/json.ts';
import type { Task } from '../protocol/task.ts';
import type { CommonLedger } from './common-ledger.ts';
import type { HostTime } from './host-time.ts';
import { answerKeptShortage, keepShortages, keptShortages } from './shortage-document.ts';

/** What is done where nothing is said: nobody is asked, because nobody may be there to answer. */
const USUAL_WAYS: readonly Strategy[] = STRATEGIES.filter((way) => way !== 'ask_person');

/** What it stands on. */
export interface ShortagesHost {
  readonly common: CommonLedger;
  readonly store: JournalStore;
  readonly time: HostTime;
  readonly usage: UsageBook;
  /** Tells those who watch a task something about it. */
  readonly progress: (task: Task, note: Json) => void;
}

/** The shortages of a house. */
export class HouseShortages {
  readonly desk: ShortageDesk;
  readonly #host: ShortagesHost;
  /** What was asked when a former process ended: closed when the task goes on after all. */
  readonly #former: Set<string>;
  /** Runs of which something was asked, or refused, when a former process ended. */
  readonly #runs: Set<string>;

  /** Throws TroupeError DEFINITION_INVALID for a way that there is not. */
  constructor(host: ShortagesHost, ways: readonly Strategy[] = USUAL_WAYS) {
    const unknown = ways.find((way) => !STRATEGIES.includes(way));
    if (unknown !== undefined) {
      throw new TroupeError('DEFINITION_INVALID', `onShortage knows no ${JSON.stringify(unknown)}`, {
        hint: `there are ${STRATEGIES.join(', ')}`,
        retryable: false,
      });
    }
    const { common, time, usage, store } = host;
    this.#host = host;
    const { open, refused } = keptShortages(store);
    this.#former = new Set(open.map(({ id }) => id));
    this.#runs = new Set([...this.#former, ...Object.keys(refused)].map(runOf));
    this.desk = new ShortageDesk({
      ledger: { limits: common.ledger.limits, limit: common.limit },
      now: () => time.now(),
      alarm: (due, ring) => time.alarm(due, ring),
      usage,
      ways,
      questions: this.#keeper(),
    });
  }

  /** What is asked for tasks at hand here, the oldest question first. */
  open(): readonly ShortageQuestion[] {
    return this.desk.questions();
  }

  /** The same of one run. */
  of(run: string): readonly ShortageQuestion[] {
    return this.desk.questions().filter((question) => question.run === run);
  }

  /** Takes in what a person says. Throws TroupeError ANSWER_REFUSED, STORE_…. */
  answer(id: string, answer: ShortageAnswer): void {
    const { store, common } = this.#host;
    if (this.open().some((question) => question.id === id)) this.desk.answer(id, answer);
    else answerKeptShortage(store, { limits: common.ledger.limits, limit: common.limit }, id, answer);
  }

  /** A run has ended: whatever was asked for it in former processes needs no answer, and what was refused is heard by nobody. */
  forget(run: string): void {
    if (this.#runs.delete(run))
      this.#change(
        (open) => open.filter((question) => question.run !== run),
        (id) => runOf(id) === run,
      );
  }

  #keeper(): QuestionKeeper {
    const { store, common, progress } = this.#host;
    return {
      refusal: (id) => keptShortages(store).refused[id] ?? null,
      asked: (task, question) => {
        this.#former.delete(question.id);
        // The limits as they were said are on record then, so that one that is raised meanwhile is known to be theirs.
        quietly(() => common.ledger.limit(question.account, {}));
        this.#change((open) => [...open.filter(({ run, step }) => run !== question.run || step !== question.step), question]);
        progress(task, `waits for a person: ${questionInWords(question)}`);
      },
      closed: (id) =>
        this.#change(
          (open) => open.filter((question) => question.id !== id),
          (other) => other === id,
        ),
      goesOn: (id) => {
        if (this.#former.delete(id)) this.#change((open) => open.filter((question) => question.id !== id));
      },
    };
  }

  /** What cannot be written down is asked as long as this process lives. */
  #change(next: (open: readonly ShortageQuestion[]) => readonly ShortageQuestion[], isHeard = (_: string): boolean => false): void {
    const { store } = this.#host;
    const { open, refused } = keptShortages(store);
    const others = Object.entries(refused).filter(([id]) => !isHeard(id));
    quietly(() => keepShortages(store, { open: next(open), refused: Object.fromEntries(others) }));
  }
}

/** Of which run a task is, by its key. */
const runOf = (key: string): string => key.slice(0, key.indexOf('/'));

function quietly(what: () => void): void {
  try {
    what();
  } catch {
    // the store is full, or gone: whoever runs the host hears of that elsewhere
  }
}
