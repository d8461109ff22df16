/**
 * The desk at which tasks stand that lack something of what they need: what can be done about it is the plan of `shortagePlan`; here it is
 * carried out, each way at most once for a task, within the ways that the house allows.
 *
 * Fewer at once, or at intervals: turnstiles are put up before the queue (`turnstiles.ts`), and the task itself goes on waiting in it. A lighter
 * agent: the task leaves the queue and stands in line for that one. A person: it leaves the queue, and a question stands until it is
 * answered; the answer raises the limit, or ends the task with RESOURCE_EXHAUSTED.
 *
 * Laws
 * 1. Each way is tried at most once for a task; after five rounds at most it has what it needs, waits in the queue or for a person, or ends.
 * 2. Who stands here, or at a turnstile, holds nothing.
 * 3. Nothing is granted here: whoever goes on asks the ledger, which keeps to every limit.
 * 4. A question is open exactly as long as its task stands here. When the house stops it is left as it is, to be asked again.
 */
import type { Shortage } from '../../policy/lease-decision.ts';
import type { Amounts, ResourceLimits } from '../../policy/resource-amounts.ts';
import { type ShortageStep, STRATEGIES, type Strategy, shortagePlan } from '../../policy/shortage-plan.ts';
import { notGranted, notWaitedFor, type ShortageAnswer, type ShortageQuestion, shortageQuestion } from '../../policy/shortage-question.ts';
import type { ErrorData } from '../../protocol/errors.ts';
import type { TaskReport } from '../../protocol/task.ts';
import type { Member } from '../pool/member.ts';
import type { Lease } from '../resources/lease.ts';
import type { Ledger } from '../resources/ledger-contract.ts';
import { type Demand, demandOf, takesFrom } from '../resources/task-accounts.ts';
import type { UsageBook } from '../resources/usage-book.ts';
import type { Flight } from './flight.ts';
import { knownUse, lightestOther } from './known-use.ts';
import { type QuestionKeeper, ShortageQuestions } from './shortage-questions.ts';
import { askedOf, Turnstiles, type TurnstileTerms } from './turnstiles.ts';

/** What a desk goes by. */
export interface DeskOptions {
  readonly ledger: Pick<Ledger, 'limit' | 'limits'>;
  readonly now: () => number;
  /** Rings once at `due`, ms since the epoch, or as soon after as possible; returns what takes it back. */
  readonly alarm: (due: number, ring: () => void) => () => void;
  readonly usage: Pick<UsageBook, 'pattern'>;
  /** What may be done about a shortage. */
  readonly ways: readonly Strategy[];
  readonly questions: QuestionKeeper;
}

/** Those who hold tasks back, as a desk sees them. */
export interface Antehouse {
  /** Leases of tasks: of those who wait for them, and of those who have them. */
  readonly leases: () => Iterable<readonly [Flight, Lease]>;
  /** A task that was held back stands in line, or ends with this report. */
  readonly letThrough: (flight: Flight, report: TaskReport | null) => void;
}

/** What a task asked for that was about to be given to an agent, and what it lacks. */
interface Lack {
  readonly member: Member;
  readonly amounts: Amounts;
  readonly why: Shortage;
  /** Why it was refused; null: it waits. */
  readonly refusal: ErrorData | null;
}

/** It waits in the queue; or not there, and the desk sees to it; or it ends. */
export type DeskAnswer = 'wait' | 'away' | TaskReport;

/** The desk of a house. */
export class ShortageDesk {
  readonly #options: DeskOptions;
  readonly #tried = new Map<Flight, Strategy[]>();
  readonly #last = new Map<Flight, Lack>();
  /** Those who stand here until their lighter agent has room. */
  readonly #awaiting = new Set<Flight>();
  readonly #turnstiles: Turnstiles;
  readonly #questions: ShortageQuestions;
  #antehouse: Antehouse = { leases: () => [], letThrough: () => {} };

  constructor(options: DeskOptions) {
    const { ledger, now, alarm } = options;
    this.#options = options;
    const letThrough = (flight: Flight, report: TaskReport | null = null): void => this.#antehouse.letThrough(flight, report);
    this.#turnstiles = new Turnstiles({
      now,
      alarm,
      limits: (account) => ledger.limits(account),
      alike: (terms) => this.#alike(terms),
      letThrough,
    });
    this.#questions = new ShortageQuestions(options.questions, alarm, letThrough);
  }

  /** Whoever holds tasks back here. */
  serve(antehouse: Antehouse): void {
    this.#antehouse = antehouse;
  }

  /** What a task must be granted before an agent begins with it, by what is known of what that one uses; null: nothing. */
  demand({ task, lighter }: Flight, member: Member, limits: ResourceLimits | null): Demand | null {
    this.#options.questions.goesOn(task.key);
    if (limits === null && task.accounts === undefined) return demandOf(task, limits);
    const use = knownUse(this.#options.usage, task, member);
    return demandOf(task, limits, use === null ? null : { use, isLighter: lighter?.agent === member.id });
  }

  /** Whether a task must wait before it asks for what it needs. */
  holds(flight: Flight, member: Member, { accounts, amounts }: Demand): boolean {
    if (flight.lighter !== null && flight.lighter.agent !== member.id) {
      if (this.#canBeAwaited(flight) && !this.#hasRoom(flight)) {
        this.#awaiting.add(flight);
        return true;
      }
      flight.takes(null);
    }
    return this.#turnstiles.stand && this.#turnstiles.holds(flight, accounts, amounts);
  }

  /** A task that was about to be given to an agent waits for what it lacks, or was refused it: what becomes of it. */
  judge(flight: Flight, member: Member, { amounts }: Demand, lease: Lease): DeskAnswer | null {
    const why = lease.shortage();
    return why === null ? null : this.#judge(flight, { member, amounts, why, refusal: lease.refusal() });
  }

  #judge(flight: Flight, lack: Lack): DeskAnswer {
    const { why, refusal } = lack;
    const tried = this.#tried.get(flight) ?? [];
    this.#tried.set(flight, tried);
    this.#last.set(flight, lack);
    const mayWait = refusal === null;
    const plan = shortagePlan({
      why,
      mayWait,
      alike: 'account' in why ? this.#count(this.#termsOf(flight, lack, { atOnce: 1 })) : 1,
      lighter:
        'account' in why ? lightestOther(flight, lack.member, why.kind, this.#options.usage, (each) => isThere(each, mayWait)) : null,
      mayAsk: shortageQuestion(flight.task, why, 0) !== null,
      tried: [...tried, ...STRATEGIES.filter((way) => !this.#options.ways.includes(way))],
    });
    for (const step of plan) {
      tried.push(step.use);
      const answer = this.#carryOut(step, flight, lack);
      if (answer !== null) return answer;
    }
    if (mayWait && tried.includes('wait')) return 'wait';
    return { ok: false, thrown: true, error: refusal ?? notWaitedFor(flight.task, why) };
  }

  /** The same for one that was in the queue: what it asked for is known. */
  judgeAgain(flight: Flight, lease: Lease): DeskAnswer | null {
    const last = this.#last.get(flight);
    const why = lease.shortage();
    return last === undefined || why === null ? null : this.#judge(flight, { ...last, why, refusal: lease.refusal() });
  }

  /** Something was given back or granted, or an agent has ended a task: whoever it was that waited for that goes on. */
  look(): void {
    if (this.#turnstiles.stand) this.#turnstiles.moved();
    if (this.#awaiting.size === 0) return;
    for (const flight of this.#awaiting) {
      if (this.#canBeAwaited(flight) && !this.#hasRoom(flight)) continue;
      this.#awaiting.delete(flight);
      this.#antehouse.letThrough(flight, null);
    }
  }

  /** A task has ended, or is not wanted any more. */
  left(flight: Flight): void {
    if (this.#turnstiles.stand) this.#turnstiles.left(flight);
    if (!this.#tried.delete(flight)) return;
    this.#last.delete(flight);
    this.#awaiting.delete(flight);
    this.#questions.left(flight);
  }

  /** What people are asked now, the oldest question first. */
  questions(): readonly ShortageQuestion[] {
    return this.#questions.open();
  }

  /**
   * Takes in what a person says: the limit is raised, or the task ends. Others that lack the same are looked at again.
   *
   * @throws TroupeError ANSWER_REFUSED, and what the ledger throws
   */
  answer(id: string, given: ShortageAnswer): void {
    const { flight, question, answer } = this.#questions.checked(id, given);
    if ('refuse' in answer) {
      this.#questions.left(flight);
      this.#antehouse.letThrough(flight, { ok: false, thrown: true, error: notGranted(question, answer.refuse) });
      return;
    }
    const { ledger } = this.#options;
    const { account, kind } = question;
    this.#questions.left(flight);
    try {
      ledger.limit(account, { [kind]: (ledger.limits(account)[kind] ?? question.limit) + answer.raise });
    } finally {
      // the limit holds even where it could not be written down
      this.#antehouse.letThrough(flight, null);
      this.limitsChanged();
    }
  }

  /** Limits have changed: whoever waits for a person, or at a turnstile, asks once more. */
  limitsChanged(): void {
    for (const flight of this.#questions.withdrawAll()) {
      const tried = this.#tried.get(flight) ?? [];
      this.#tried.set(
        flight,
        tried.filter((way) => way !== 'ask_person'),
      );
      this.#antehouse.letThrough(flight, null);
    }
    this.look();
  }

  /** Nothing is asked or waited for any more; open questions stay written down. */
  stop(): void {
    this.#turnstiles.stop();
    this.#questions.stop();
  }

  /** What a way comes to; null: go on with the next one. */
  #carryOut(step: ShortageStep, flight: Flight, lack: Lack): DeskAnswer | null {
    switch (step.use) {
      case 'reduce_parallelism':
        this.#turnstiles.putUp(this.#termsOf(flight, lack, { atOnce: step.atOnce }));
        return null;
      case 'batch':
        this.#turnstiles.putUp(this.#termsOf(flight, lack, { everyMs: step.everyMs }));
        return null;
      case 'lighter_agent':
        flight.takes({ agent: step.agent, insteadOf: lack.member.id, why: step.why });
        this.#antehouse.letThrough(flight, null);
        return 'away';
      case 'wait':
        return 'wait';
      case 'ask_person': {
        const question = shortageQuestion(flight.task, lack.why, this.#options.now());
        return question === null ? null : this.#questions.ask(flight, question);
      }
    }
  }

  #termsOf({ lane }: Flight, { why, amounts }: Lack, lets: TurnstileTerms['lets']): TurnstileTerms {
    if (!('account' in why)) return { lane, account: '', kind: 'tokens', amount: 0, limit: 0, lets };
    return { lane, account: why.account, kind: why.kind, amount: askedOf(amounts, why.kind), limit: why.limit, lets };
  }

  #alike({ lane, account, kind, amount }: TurnstileTerms): { held: number; waiting: number } {
    const counts = { held: 0, waiting: 0 };
    for (const [flight, lease] of this.#antehouse.leases()) {
      if (flight.lane !== lane || askedOf(lease.amounts, kind) !== amount || !takesFrom(flight.task, account)) continue;
      counts[lease.state() === 'held' ? 'held' : 'waiting'] += 1;
    }
    return counts;
  }

  #count(terms: TurnstileTerms): number {
    const { held, waiting } = this.#alike(terms);
    return held + waiting;
  }

  #canBeAwaited({ pool, lighter }: Flight): boolean {
    return pool?.members.some((member) => member.id === lighter?.agent && member.away === null) === true;
  }

  #hasRoom({ pool, lighter }: Flight): boolean {
    return pool?.members.some((member) => member.id === lighter?.agent && isThere(member, true)) === true;
  }
}

const isThere = ({ away, inFlight, capacity }: Member, now: boolean): boolean => away === null && (!now || inFlight < capacity);
