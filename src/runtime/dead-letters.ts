/** The dead letters of all runs of a store: listing them, and putting them aside. */
import { nearest } from '../definition/nearest-name.ts';
import { type DeadLetterNote, isOpenLetter } from '../protocol/dead-letters.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { LetterDropped } from '../protocol/facts.ts';
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import { intentOf } from './intent.ts';
import { lettersOf } from './letters-of-run.ts';
import { foldRun } from './recovery.ts';
import { standingSummaryOf, waitIn } from './waiting-summary.ts';

/** A dead letter of a store. */
export interface StoredLetter extends DeadLetterNote {
  /** What names it everywhere: `run/step#attempt`, or the run, a slash and the id of the message. */
  readonly letter: string;
  readonly run: string;
  readonly workflow: string;
}

/** Who puts a letter aside, and why. */
export interface LetterDropping {
  readonly by: string;
  readonly reason?: string;
}

/**
 * Every dead letter of a store that somebody has still to see to, the oldest runs first; `all`: those that were seen to as well. Runs that have
 * ended are not read again for it. Runs that cannot be read are left out: a listing of the runs says why.
 */
export async function readDeadLetters(store: JournalStore, { all = false }: { readonly all?: boolean } = {}): Promise<StoredLetter[]> {
  const letters: StoredLetter[] = [];
  for (const run of await store.runs()) {
    try {
      const { workflow, notes } = await lettersIn(store, run);
      letters.push(
        ...notes.filter((note) => all || isOpenLetter(note)).map((note) => ({ ...note, letter: `${run}/${note.id}`, run, workflow })),
      );
    } catch {
      // One run that cannot be read keeps nobody from the letters of the others.
    }
  }
  return letters;
}

/** The letter of that name. Rejects with LETTER_NOT_FOUND, with what was probably meant. */
export async function findDeadLetter(store: JournalStore, letter: string): Promise<StoredLetter> {
  const runs = (await store.runs()).filter((run) => letter.startsWith(`${run}/`));
  for (const run of runs) {
    const { workflow, notes } = await lettersIn(store, run);
    const note = notes.find(({ id }) => `${run}/${id}` === letter);
    if (note !== undefined) return { ...note, letter, run, workflow };
  }
  const near = nearest(
    letter,
    (await readDeadLetters(store, { all: true })).slice(-1000).map((each) => each.letter),
  );
  throw new TroupeError('LETTER_NOT_FOUND', `there is no dead letter ${letter} in ${store.location}`, {
    hint:
      near === null ? 'troupe dead list --all names them; one whose step has run again since is none any more' : `did you mean "${near}"?`,
    retryable: false,
  });
}

/** What the store remembers of the letters of a run where that still holds, else what its journal tells. */
async function lettersIn(store: JournalStore, run: string): Promise<{ workflow: string; notes: readonly DeadLetterNote[] }> {
  const kept = await store.getSummary(run);
  const known = kept === null ? undefined : knownLetters(kept);
  if (kept !== null && known !== undefined) return { workflow: kept.workflow, notes: known };
  const folded = await foldRun(store, run);
  return { workflow: folded.workflow.name, notes: lettersOf(folded.run.state) };
}

function knownLetters(summary: RunSummary): readonly DeadLetterNote[] | undefined {
  if (!hasEnded(summary.status) && waitIn(summary) === null) return undefined;
  return summary.letters ?? (summary.steps.failed === 0 ? [] : undefined);
}

/**
 * Puts a letter of a run that is not live aside: that is recorded, and the letter is listed no more. Rejects with LETTER_NOT_FOUND, LETTER_CLOSED
 * (it was seen to before), STORE_…. `at`: ms.
 */
export async function dropStoredLetter(store: JournalStore, letter: string, dropping: LetterDropping, at: number): Promise<StoredLetter> {
  const found = await findDeadLetter(store, letter);
  refuseClosed(found);
  const { run, started, definition, batches } = await foldRun(store, found.run);
  const fact = dropFact(found, dropping, Math.max(at, batches.at(-1)?.fact.at ?? at));
  const intents = run.deliver(fact).map(intentOf);
  await store.append(found.run, { n: batches.length, fact, intents });
  store.putSummary(standingSummaryOf(run, { startedAt: started.at, definition }, batches.length + 1, fact.at));
  return findDeadLetter(store, letter);
}

/** The fact by which a letter is put aside. Throws INPUT_INVALID where nobody says who does it. */
export function dropFact({ id }: Pick<DeadLetterNote, 'id'>, { by, reason }: LetterDropping, at: number): LetterDropped {
  if (typeof by !== 'string' || by.trim() === '')
    throw new TroupeError('INPUT_INVALID', 'putting a letter aside needs "by", a text', { hint: 'say who does it', retryable: false });
  return { type: 'letter.dropped', at, letter: id, by: by.trim(), reason: reason === undefined || reason === '' ? null : reason };
}

/** Throws LETTER_CLOSED for a letter that somebody has seen to already. */
export function refuseClosed({ letter, dropped, sentAgainAs }: Pick<StoredLetter, 'letter' | 'dropped' | 'sentAgainAs'>): void {
  if (isOpenLetter({ dropped, sentAgainAs })) return;
  const how = dropped === null ? `was sent again as ${sentAgainAs}` : `was put aside by ${dropped.by}`;
  throw new TroupeError('LETTER_CLOSED', `${letter} ${how}`, {
    hint: 'troupe dead list --all tells what became of each',
    retryable: false,
  });
}
