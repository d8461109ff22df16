/** What people are asked, over all runs of a store. */
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import type { Question } from './question-view.ts';
import { viewRun } from './recovery.ts';
import type { RunView } from './run-view.ts';

/** An open question of a run. */
export interface InboxItem {
  readonly run: string;
  readonly workflow: string;
  /** Path of the step that asks. */
  readonly step: string;
  readonly name: string;
  readonly question: Question;
  /** Whether an answer was expected before now. */
  readonly isOverdue: boolean;
}

/** A run of which it is written down that it waits for signals alone asks nobody, and need not be read. */
function onlyAwaitsSignals({ waiting }: RunSummary): boolean {
  return waiting !== undefined && waiting.awaits.length > 0 && waiting.awaits.every(({ token }) => token === undefined);
}

/** The open questions of a run. `now`: ms. */
function questionsOf(view: RunView, now: number): InboxItem[] {
  return view.steps.flatMap(({ path, name, question }): InboxItem[] => {
    if (question === null || hasEnded(view.status)) return [];
    const isOverdue = question.dueAt !== null && question.dueAt <= now;
    return [{ run: view.id, workflow: view.workflow, step: path, name, question, isOverdue }];
  });
}

/**
 * Every open question of a store, those that are due first before the others, then the oldest first. Runs that cannot be read are left out: a
 * listing of the runs says why. `viewHere` gives a run that is live here. `now`: ms.
 */
export async function readInbox(
  store: JournalStore,
  now: number,
  viewHere: (run: string) => RunView | null = () => null,
): Promise<InboxItem[]> {
  const items: InboxItem[] = [];
  for (const run of await store.runs()) {
    const kept = await store.getSummary(run);
    if (kept !== null && (hasEnded(kept.status) || onlyAwaitsSignals(kept))) continue;
    try {
      items.push(...questionsOf(viewHere(run) ?? (await viewRun(store, run, now)), now));
    } catch {
      // One run that cannot be read keeps nobody from the questions of the others.
    }
  }
  const due = ({ question }: InboxItem) => question.dueAt ?? Number.POSITIVE_INFINITY;
  return items.sort((a, b) => (due(a) === due(b) ? a.question.askedAt - b.question.askedAt : due(a) - due(b)));
}
