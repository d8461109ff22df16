import { isOpenLetter, listRuns } from '../../index.ts';
import { askHost } from '../control/control-client.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { typedCount } from '../files/typed-values.ts';
import { openForReading } from '../hosting/open-store.ts';
import { runList, standingOf } from '../rendering/run-list.ts';
import type { Desk } from '../terminal/desk.ts';

/** `troupe ps`: every run of the store and how it stands. */
export async function ps(desk: Desk, options: { readonly last?: string }): Promise<ExitCode> {
  const last = options.last === undefined ? Number.POSITIVE_INFINITY : typedCount('--last', options.last, 1);
  const store = await openForReading(desk);
  const listed = await listRuns(store, desk.now());
  await store.close();
  const runs = listed.slice(-Math.min(last, Math.max(1, listed.length)));
  const live = new Set(await askHost(desk.store, { do: 'list' }).catch(() => null));
  if (desk.json) {
    desk.document({ store: desk.store, runs: runs.map((run) => ({ ...run, standing: standingOf(run, live), live: live.has(run.id) })) });
  } else if (desk.quiet) {
    for (const { id } of runs) desk.print(id);
  } else if (runs.length === 0) {
    desk.print(`No runs in ${desk.shown(desk.store)} yet.\n  next: ${desk.command('run', 'workflow.yml')}`);
  } else {
    const letters = runs.flatMap(({ summary }) => (summary?.letters ?? []).filter(isOpenLetter)).length;
    const dead =
      letters === 0 ? [] : [desk.paint.dim(`${letters} dead ${letters === 1 ? 'letter' : 'letters'}: ${desk.command('dead', 'list')}`)];
    desk.print([...runList(runs, { width: desk.width, now: desk.now(), paint: desk.paint, live }), ...dead].join('\n'));
  }
  return EXIT.ok;
}
