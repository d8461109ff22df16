import { type InboxItem, readInbox } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { openForReading } from '../hosting/open-store.ts';
import { inboxText } from '../rendering/inbox-text.ts';
import type { Desk } from '../terminal/desk.ts';

/** Options of `troupe inbox`, as typed. */
export interface InboxOptions {
  readonly for?: string;
  readonly role?: string;
}

/** `troupe inbox`: every question that runs of the store ask people. */
export async function inbox(desk: Desk, options: InboxOptions): Promise<ExitCode> {
  const store = await openForReading(desk);
  const all = await readInbox(store, desk.now());
  await store.close();
  const items = all.filter((item) => isFor(item, options));
  if (desk.json) desk.document({ store: desk.store, items });
  else if (desk.quiet) for (const { run, step } of items) desk.print(`${run} ${step}`);
  else if (items.length === 0) desk.print(`Nobody is asked anything in ${desk.shown(desk.store)}.`);
  else desk.print(items.map((item) => inboxText(item, desk)).join('\n\n'));
  return EXIT.ok;
}

/** Whether somebody may answer it and has not, or holds the role that is asked; without either, everybody sees it. */
function isFor({ question: { people, role, answers } }: InboxItem, { for: person, role: wanted }: InboxOptions): boolean {
  const isMissed = person === undefined || ((people === null || people.includes(person)) && answers.every(({ by }) => by !== person));
  return isMissed && (wanted === undefined || role === null || role === wanted);
}
