/** What people were asked and have said, as lines: who, when, what, and to which question. */
import type { RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import { dateTime } from '../text/time-text.ts';
import { approvalText } from './approval-text.ts';

/** A line for each thing that happened to a question, in order; none where nobody is asked anything. */
export function peopleLines({ steps, id }: RunView): string[] {
  const entries = steps.flatMap(({ audit }) => audit);
  return entries
    .toSorted((a, b) => a.at - b.at)
    .map((entry) => {
      const { at, step, token, what, by } = entry;
      const question = token.startsWith(`${id}/`) ? token.slice(id.length + 1) : token;
      const of = by === null || question === `${step}!1` ? oneLine(step) : oneLine(question);
      return `${dateTime(at)}  ${of} ${what}${separated(approvalText(entry))}`;
    });
}

const separated = (text: string): string => (text === '' || text.startsWith(':') ? text : ` ${text}`);
