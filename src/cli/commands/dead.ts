/** `troupe dead …`: what could not be delivered or done, over all runs of the store. */
import { dropStoredLetter, findDeadLetter, type JournalStore, readDeadLetters } from '../../index.ts';
import { askHost } from '../control/control-client.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { usage } from '../failure/refusal.ts';
import { attend } from '../hosting/attendance.ts';
import { reportEndings } from '../hosting/endings.ts';
import { House } from '../hosting/house.ts';
import { openForReading } from '../hosting/open-store.ts';
import { personAt } from '../hosting/person.ts';
import { Resumption } from '../hosting/resumption.ts';
import { letterLines, letterPage } from '../rendering/letter-text.ts';
import type { Desk } from '../terminal/desk.ts';
import { done } from './tell.ts';

/** Options of `troupe dead drop`, as typed. */
export interface DropOptions {
  readonly by?: string;
  readonly reason?: string;
}

/** `troupe dead list`: those that somebody has still to see to; `all`: the others, too. */
export async function list(desk: Desk, { all = false }: { readonly all?: boolean }): Promise<ExitCode> {
  const letters = await reading(desk, (store) => readDeadLetters(store, { all }));
  if (desk.json) desk.document({ store: desk.store, letters });
  else if (desk.quiet) for (const { letter } of letters) desk.print(letter);
  else if (letters.length === 0) desk.print(`No dead letters in ${desk.shown(desk.store)}.`);
  else desk.print(letterLines(letters, desk).join('\n'));
  return EXIT.ok;
}

/** `troupe dead show <letter>`: one of them, and what can be done about it. */
export async function show(desk: Desk, letter: string): Promise<ExitCode> {
  const found = await reading(desk, (store) => findDeadLetter(store, letter));
  if (desk.json) desk.document({ ...found, store: desk.store });
  else desk.print(letterPage(found, desk));
  return EXIT.ok;
}

/** `troupe dead retry <letter>`: the step of a task runs again; a message is sent again. */
export async function retry(desk: Desk, letter: string, options: { readonly crew?: string }): Promise<ExitCode> {
  const { run, kind } = await reading(desk, (store) => findDeadLetter(store, letter));
  if (kind === 'message' && (await askHost(desk.store, { do: 'list' }))?.includes(run) === true) {
    await askHost(desk.store, { do: 'resend', run, letter });
    return done(desk, { letter, run, live: true }, `Sent ${letter} again.`, desk.command('logs', run, '-f'));
  }
  const house = await House.open(desk);
  const begin = async () => {
    const resumption = new Resumption(desk, house, { crew: options.crew, file: 'refuse' });
    return [await resumption.retryLetter(letter)];
  };
  const runs = await begin().catch(async (thrown) => {
    await house.close();
    throw thrown;
  });
  return reportEndings(desk, await attend(desk, house, runs, { wait: false }));
}

/** `troupe dead drop <letter>`: puts it aside; that stays on record. */
export async function drop(desk: Desk, letter: string, { by, reason }: DropOptions): Promise<ExitCode> {
  const person = by ?? personAt(desk.surroundings.env);
  if (person === null) throw usage('nobody knows who you are', 'say it with --by, or in the environment variable TROUPE_USER');
  const dropping = { by: person, ...(reason === undefined ? {} : { reason }) };
  if ((await askHost(desk.store, { do: 'drop', letter, dropping })) === null) {
    const house = await House.open(desk);
    try {
      await dropStoredLetter(house.store, letter, dropping, desk.now());
    } finally {
      await house.close();
    }
  }
  return done(desk, { letter, by: person }, `Put ${letter} aside.`, desk.command('dead', 'list'));
}

async function reading<T>(desk: Desk, read: (store: JournalStore) => Promise<T>): Promise<T> {
  const store = await openForReading(desk);
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
