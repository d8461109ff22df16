/** Tells what tasks wait for that lack resources: once for each thing that a task is found to lack first. */
import type { Shortage } from '../../policy/lease-decision.ts';
import { shortageInWords } from '../../policy/lease-refusal.ts';
import type { Task } from '../../protocol/task.ts';
import type { Ledger } from '../resources/ledger-contract.ts';

/** So many of those who hold something are named; the rest is counted. */
const MOST_NAMES = 3;

/** What tasks were said to wait for. */
export class WaitingReasons {
  readonly #ledger: Pick<Ledger, 'holders'>;
  readonly #tell: (task: Task, why: string) => void;
  readonly #told = new WeakMap<Task, string>();

  constructor(ledger: Pick<Ledger, 'holders'>, tell: (task: Task, why: string) => void) {
    this.#ledger = ledger;
    this.#tell = tell;
  }

  /** A task waits. What it lacked when it was told of last is not told again. */
  waits(task: Task, why: Shortage | null): void {
    if (why === null) return;
    const lacks = `${why.kind} ${'account' in why ? why.account : 'lock' in why ? why.lock : ''}`;
    if (this.#told.get(task) === lacks) return;
    this.#told.set(task, lacks);
    this.#tell(task, shortageInWords(why) + this.#usedBy(why, task));
  }

  #usedBy(why: Shortage, { run }: Task): string {
    if (!('account' in why)) return '';
    const names = this.#ledger.holders(why).map((owner) => (owner.startsWith(`${run}/`) ? owner.slice(run.length + 1) : owner));
    if (names.length === 0) return '';
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return `, in use by ${names.slice(0, MOST_NAMES).join(', ')}${more}`;
  }
}
