import { nearest } from '../definition/nearest-name.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { JournalStore } from '../protocol/journal.ts';

/** So many ids are listed where several fit. */
const MOST_LISTED = 5;

/**
 * The id of the run that a person means: its id, the beginning of it where only one run begins so, or `latest` for the run started
 * last. Rejects with RUN_NOT_FOUND: none fits (the hint names the nearest), or several do.
 */
export async function findRun(store: JournalStore, meant: string): Promise<string> {
  const runs = await store.runs();
  if (runs.includes(meant)) return meant;
  const latest = runs.at(-1);
  if (meant === 'latest' && latest !== undefined) return latest;
  const fitting = meant === '' ? [] : runs.filter((run) => run.startsWith(meant));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  throw fitting.length > 1 ? ambiguous(meant, fitting) : notFound(store, meant, runs);
}

function ambiguous(meant: string, fitting: readonly string[]): TroupeError {
  const more = fitting.length > MOST_LISTED ? ` and ${fitting.length - MOST_LISTED} more` : '';
  return new TroupeError('RUN_NOT_FOUND', `${fitting.length} runs begin with "${meant}"`, {
    hint: `write more of the id: ${fitting.slice(0, MOST_LISTED).join(', ')}${more}`,
  });
}

function notFound(store: JournalStore, meant: string, runs: readonly string[]): TroupeError {
  const near = nearest(meant, [...runs.slice(-1000).reverse(), 'latest']);
  const hint =
    runs.length === 0
      ? 'the store holds no runs yet: is it the right one?'
      : near === null
        ? 'list the runs of the store'
        : `did you mean "${near}"?`;
  return new TroupeError('RUN_NOT_FOUND', `there is no run "${meant}" in ${store.location}`, { hint, where: store.location });
}
