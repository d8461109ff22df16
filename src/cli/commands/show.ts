import { awaitedSignals, findRun, hasEnded, type JournalStore, type RunView, viewRun } from '../../index.ts';
import { askHost, askStopping } from '../control/control-client.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { openForReading } from '../hosting/open-store.ts';
import { runPage } from '../rendering/run-page.ts';
import { signalCommands } from '../rendering/signal-commands.ts';
import type { Desk } from '../terminal/desk.ts';

/** `troupe show <run>`: one run with all its steps; `--why` explains every unfinished one. */
export async function show(desk: Desk, named: string, options: { readonly why?: boolean }): Promise<ExitCode> {
  const store = await openForReading(desk);
  const id = await findRun(store, named);
  const live = new Set(await askHost(desk.store, { do: 'list' }).catch(() => null)).has(id);
  const now = await timeOf(store, id, live, desk);
  const view = await viewRun(store, id, now);
  await store.close();
  const stopping = await askStopping(desk.store, id);
  if (desk.json) {
    desk.document({ ...view, live, stopping, waitsFor: awaitedSignals(view), store: desk.store });
    return EXIT.ok;
  }
  const remark = hasEnded(view.status) ? '' : live ? 'another process is running it' : 'nobody is running it';
  desk.print(
    runPage(view, {
      width: desk.width,
      now,
      paint: desk.paint,
      why: options.why === true,
      stopping,
      ...(remark === '' ? {} : { remark }),
      store: desk.shown(desk.store),
      next: desk.quiet ? [] : nextCommands(desk, view, live),
    }),
  );
  return EXIT.ok;
}

/** In a run that nobody runs time stands still since its last fact. */
async function timeOf(store: JournalStore, run: string, live: boolean, desk: Desk): Promise<number> {
  return live ? desk.now() : ((await store.read(run)).at(-1)?.fact.at ?? desk.now());
}

function nextCommands(desk: Desk, view: RunView, live: boolean): string[] {
  const logs = desk.command('logs', view.id);
  if (hasEnded(view.status)) return view.status === 'completed' ? [logs] : [desk.command('retry', view.id, '--failed'), logs];
  return [...signalCommands(desk, view), live ? desk.command('logs', view.id, '-f') : desk.command('resume', view.id)];
}
