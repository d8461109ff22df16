import { findRun, viewRun } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { openForReading } from '../hosting/open-store.ts';
import type { Desk } from '../terminal/desk.ts';
import { oneLine } from '../text/one-line.ts';
import { table } from '../text/table.ts';
import { dateTime } from '../text/time-text.ts';

/** `troupe checkpoints <run>`: the places that a run has passed and can go back to. */
export async function checkpoints(desk: Desk, named: string): Promise<ExitCode> {
  const store = await openForReading(desk);
  const id = await findRun(store, named);
  const view = await viewRun(store, id, desk.now());
  await store.close();
  const passed = view.checkpoints;
  if (desk.json) {
    desk.document({ run: id, checkpoints: passed, store: desk.store });
    return EXIT.ok;
  }
  if (desk.quiet) {
    for (const { checkpoint } of passed.filter(({ stands }) => stands)) desk.print(checkpoint);
    return EXIT.ok;
  }
  if (passed.length === 0) {
    desk.print(`Run ${id} has passed no checkpoint.\n  next: ${desk.command('logs', id)}`);
    return EXIT.ok;
  }
  const rows = passed.map(({ checkpoint, at, fact, version, stands }) => [
    oneLine(checkpoint),
    String(fact),
    dateTime(at),
    version === null ? '' : String(version),
    stands ? 'stands' : 'was passed again, or gone back behind',
  ]);
  const columns = [
    { title: 'checkpoint' },
    { title: 'fact', align: 'right' },
    { title: 'passed' },
    { title: 'shared', align: 'right' },
    { title: '' },
  ] as const;
  desk.print(table(columns, rows, desk.width).join('\n'));
  const last = passed.findLast(({ stands }) => stands);
  if (last !== undefined) {
    const { checkpoint } = last;
    const next = [desk.command('resume', id, '--from', checkpoint), desk.command('fork', id, '--at', checkpoint)];
    desk.print(`\n${next.map((command) => `  next: ${command}`).join('\n')}`);
  }
  return EXIT.ok;
}
