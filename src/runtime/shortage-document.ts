/** Questions about shortages as a store keeps them: what is asked where nobody is at work any more, and what was answered meanwhile. */
import { createLedger } from '../actors/resources/ledger.ts';
import type { Ledger } from '../actors/resources/ledger-contract.ts';
import { added, LIMIT_KINDS } from '../policy/resource-amounts.ts';
import { checkedShortageAnswer, noSuchShortage, type ShortageAnswer, type ShortageQuestion } from '../policy/shortage-question.ts';
import type { JournalStore } from '../protocol/journal.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { ledgerKeeper } from './ledger-keeper.ts';

/** The name of the document. */
const SHORTAGES_DOCUMENT = 'shortages';

/** Plain JSON. */
export interface KeptShortages {
  readonly open: readonly ShortageQuestion[];
  /** By question: why somebody is given no more, until its task hears of it. */
  readonly refused: Refusals;
}

type Refusals = Readonly<Record<string, string>>;

type Store = Pick<JournalStore, 'kept' | 'keep'>;

/** What the store has. What cannot be read is not there. */
export function keptShortages(store: Pick<JournalStore, 'kept'>): KeptShortages {
  const { open, refused } = store.kept?.(SHORTAGES_DOCUMENT) ?? {};
  return {
    open: Array.isArray(open) ? (open.filter(isQuestion) as unknown as ShortageQuestion[]) : [],
    refused: isJsonObject(refused)
      ? (Object.fromEntries(Object.entries(refused).filter(([, why]) => typeof why === 'string')) as Refusals)
      : {},
  };
}

/** It may have been written by anybody. */
function isQuestion(value: Json): boolean {
  if (!isJsonObject(value)) return false;
  const { id, run, step, name, account, kind, needed, limit, lacking, askedAt } = value;
  const isNamed = [id, run, step, name, account].every((word) => typeof word === 'string');
  const kinds: readonly (Json | undefined)[] = LIMIT_KINDS;
  return isNamed && kinds.includes(kind) && [needed, limit, lacking, askedAt].every((amount) => typeof amount === 'number');
}

/** What people are asked because something is short: of a store, whoever is at work. */
export const readShortages = (store: Pick<JournalStore, 'kept'>): readonly ShortageQuestion[] => keptShortages(store).open;

/** Keeps them. Throws STORE_FULL, STORE_UNWRITABLE or STORE_CLOSED. */
export function keepShortages(store: Store, { open, refused }: KeptShortages): void {
  store.keep?.(SHORTAGES_DOCUMENT, { format: 1, open, refused } as unknown as JsonObject, 'now');
}

/**
 * Takes in what a person says to a question of a store in which nobody is at work: the limit is raised for whoever is next, or its task ends once
 * it asks again. `now`: ms since the epoch.
 *
 * @throws TroupeError ANSWER_REFUSED when there is no such question, or when that is no answer to it; STORE_…
 */
export function answerStoredShortage(store: Store, id: string, answer: ShortageAnswer, now: number): void {
  const ledger = createLedger({ time: { now: () => now, alarm: () => () => {} }, keeper: ledgerKeeper(store) });
  answerKeptShortage(store, ledger, id, answer);
  ledger.close();
}

/** The same with a ledger that is open already. */
export function answerKeptShortage(store: Store, ledger: Pick<Ledger, 'limit' | 'limits'>, id: string, given: ShortageAnswer): void {
  const { open, refused } = keptShortages(store);
  const question = open.find((each) => each.id === id);
  if (question === undefined) throw noSuchShortage(id);
  const answer = checkedShortageAnswer(question, given);
  const others = open.filter((each) => each !== question);
  if ('refuse' in answer) {
    keepShortages(store, { open: others, refused: { ...refused, [id]: answer.refuse } });
    return;
  }
  const { account, kind, limit } = question;
  ledger.limit(account, {});
  ledger.limit(account, { [kind]: (ledger.limits(account)[kind] ?? limit) + answer.raise });
  keepShortages(store, { open: others.flatMap((other) => afterRaise(other, question, answer.raise)), refused });
}

/** What another question asks once a limit was raised for one: it lacks so much less, and what that one needs. Nothing, where that is enough for both. */
function afterRaise(other: ShortageQuestion, { account, kind, needed }: ShortageQuestion, raise: number): readonly ShortageQuestion[] {
  if (other.account !== account || other.kind !== kind) return [other];
  const lacking = added(other.lacking, added(needed, -raise));
  return lacking > 0 ? [{ ...other, limit: added(other.limit, raise), lacking }] : [];
}
