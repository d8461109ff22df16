import { type Batch, factNumber, findRun, viewRun } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { typedMoment } from '../files/typed-values.ts';
import { openForReading } from '../hosting/open-store.ts';
import { factLine } from '../rendering/fact-line.ts';
import { runPage } from '../rendering/run-page.ts';
import type { Desk } from '../terminal/desk.ts';
import { createPaint } from '../text/paint.ts';

/** `troupe replay <run>`: folds the journal, up to and including the fact or checkpoint `--until`, and shows the run as it stood then. */
export async function replay(desk: Desk, named: string, options: { readonly until?: string; readonly why?: boolean }): Promise<ExitCode> {
  const store = await openForReading(desk);
  const id = await findRun(store, named);
  const batches = await store.read(id);
  const until =
    options.until === undefined
      ? batches.length - 1
      : factNumber(await viewRun(store, id, desk.now()), batches.length, typedMoment(options.until));
  const last = batches[until] as Batch;
  const view = await viewRun(store, id, last.fact.at, until + 1);
  await store.close();
  if (desk.json) {
    desk.document({ ...view, until, facts: batches.length });
    return EXIT.ok;
  }
  const isWhole = until === batches.length - 1;
  desk.print(
    runPage(view, {
      width: desk.width,
      now: last.fact.at,
      paint: desk.paint,
      why: options.why === true,
      remark: isWhole ? `all ${batches.length} facts folded` : `as it stood after fact ${until} of ${batches.length - 1}`,
      store: desk.shown(desk.store),
      next: isWhole || desk.quiet ? [] : [desk.command('replay', id, '--until', String(until + 1))],
    }),
  );
  desk.remark(`\n${desk.paint.dim('last fact folded:')}\n${factLine(last, createPaint(false))}`);
  return EXIT.ok;
}
