import { type Batch, findRun, type JournalStore } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { openForReading } from '../hosting/open-store.ts';
import { endsRun, factLine } from '../rendering/fact-line.ts';
import type { Desk } from '../terminal/desk.ts';

/** How often a live journal is looked at. */
const LOOK_MS = 150;
/** A journal that takes long to read is read less often: at most a tenth of the time. */
const SHARE = 10;

/** `troupe logs <run>`: the facts of a run; with `--follow` also those to come, until the run ends. */
export async function logs(desk: Desk, named: string, options: { readonly follow?: boolean }): Promise<ExitCode> {
  const store = await openForReading(desk);
  try {
    const run = await findRun(store, named);
    const shown = print(desk, await store.read(run));
    return options.follow === true && !hasEnded(shown) ? await follow(desk, store, run, shown.length) : EXIT.ok;
  } finally {
    await store.close();
  }
}

async function follow(desk: Desk, store: JournalStore, run: string, seen: number): Promise<ExitCode> {
  const end = new AbortController();
  const undo = [desk.surroundings.onInterrupt(() => end.abort()), desk.surroundings.onUnread(() => end.abort())];
  try {
    let count = seen;
    let cost = 0;
    while (!end.signal.aborted) {
      await pause(Math.max(LOOK_MS, cost * SHARE), end.signal);
      const began = performance.now();
      const news = (await store.read(run)).slice(count);
      cost = performance.now() - began;
      count += print(desk, news).length;
      if (hasEnded(news)) return EXIT.ok;
    }
    return EXIT.interrupted;
  } finally {
    for (const undoOne of undo) undoOne();
  }
}

/** Whether the last life of a run is over: it may have gone on after its end. */
function hasEnded(batches: readonly Batch[]): boolean {
  const last = batches.findLastIndex(({ fact }) => fact.type === 'run.retried');
  return batches.slice(Math.max(0, last)).some(endsRun);
}

function print(desk: Desk, batches: readonly Batch[]): readonly Batch[] {
  for (const batch of batches) {
    if (desk.json) desk.jsonLine(batch);
    else desk.print(factLine(batch, desk.paint));
  }
  return batches;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake, { once: true });
  });
}
