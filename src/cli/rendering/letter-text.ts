/** Dead letters: all of them as a table, one of them on a page. */
import { isOpenLetter, type StoredLetter } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';
import { oneLine } from '../text/one-line.ts';
import { type Column, table } from '../text/table.ts';
import { agoText } from '../text/time-text.ts';
import { type Field, fieldLines } from './fields.ts';

const COLUMNS: readonly Column[] = [{ title: 'LETTER' }, { title: 'WHAT' }, { title: 'SINCE' }, { title: 'STATE' }, { title: 'WHY' }];

/** The lines of the table. */
export function letterLines(letters: readonly StoredLetter[], desk: Pick<Desk, 'width' | 'paint' | 'now'>): string[] {
  const now = desk.now();
  const rows = letters.map((letter) => [
    letter.letter,
    letter.kind === 'task' ? (letter.failure ?? 'task') : `message to ${oneLine(letter.to ?? '')}`,
    agoText(letter.at, now),
    isOpenLetter(letter) ? '' : stateOf(letter),
    oneLine(letter.reason),
  ]);
  const [head = '', ...lines] = table(COLUMNS, rows, desk.width);
  return [desk.paint.dim(head), ...lines];
}

/** The page of one letter, with what to type about it. */
export function letterPage(letter: StoredLetter, desk: Pick<Desk, 'paint' | 'now' | 'command'>): string {
  const { kind, run, workflow, from, to, reason, failure, at } = letter;
  const fields: Field[] = [
    [
      'what',
      kind === 'task' ? `a task that has failed for good${failure === null ? '' : ` (${failure})`}` : `a message to ${oneLine(to ?? '')}`,
    ],
    [kind === 'task' ? 'step' : 'from', oneLine(from)],
    ['run', `${run}  ${oneLine(workflow)}`],
    ['since', agoText(at, desk.now())],
    ['why', oneLine(reason)],
    ['state', stateOf(letter)],
    [
      'next',
      isOpenLetter(letter)
        ? [desk.command('dead', 'retry', letter.letter), desk.command('dead', 'drop', letter.letter)]
        : desk.command('show', run),
    ],
  ];
  return [desk.paint.bold(letter.letter), ...fieldLines(fields, desk.paint)].join('\n');
}

function stateOf({ dropped, sentAgainAs }: StoredLetter): string {
  if (dropped !== null) return `dropped by ${oneLine(dropped.by)}${dropped.reason === null ? '' : `: ${oneLine(dropped.reason)}`}`;
  return sentAgainAs === null ? 'open' : `sent again as ${sentAgainAs}`;
}
