/** The store that a command works on. */
import { statSync } from 'node:fs';
import { errorData, type JournalStore, openFileStore, TroupeError } from '../../index.ts';
import { askHost } from '../control/control-client.ts';
import type { Desk } from '../terminal/desk.ts';

/** Opens the store for looking, also while another process writes it. */
export async function openForReading(desk: Desk): Promise<JournalStore> {
  if (statSync(desk.store, { throwIfNoEntry: false })?.isDirectory() === false) throw noFolder(desk);
  return openFileStore(desk.store, { readOnly: true });
}

/** Opens the store for writing; what was noticed while opening goes to stderr. STORE_LOCKED says what the other process is doing. */
export async function openForWriting(desk: Desk): Promise<JournalStore> {
  try {
    const store = await openFileStore(desk.store);
    for (const warning of store.warnings) desk.warn(`troupe: ${warning}`);
    return store;
  } catch (thrown) {
    if (errorData(thrown).code === 'STORE_LOCKED') throw await lockedBy(desk, thrown);
    throw thrown;
  }
}

function noFolder(desk: Desk): TroupeError {
  return new TroupeError('STORE_UNWRITABLE', `${desk.shown(desk.store)} is a file, not the folder of a store`, {
    hint: 'name the folder with --store <dir>',
  });
}

async function lockedBy(desk: Desk, thrown: unknown): Promise<TroupeError> {
  const { code, message, where } = errorData(thrown);
  const runs = await askHost(desk.store, { do: 'list' }).catch(() => null);
  const [first] = runs ?? [];
  const watch = first === undefined ? '' : `watch its run with ${desk.command('logs', first, '-f')}, or `;
  return new TroupeError(code, message, {
    hint: `${watch}wait for it to end, stop it with Ctrl-C, or keep these runs elsewhere with --store <dir>`,
    ...(where === undefined ? {} : { where: desk.shown(where) }),
    ...(runs === null || runs.length === 0 ? {} : { details: { runs: [...runs] } }),
  });
}
