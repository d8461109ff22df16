import type { ApprovalEntry } from '../../index.ts';
import { oneLine, valueLine } from '../text/one-line.ts';

/** What happened to a question, on one line, after the word for it. */
export function approvalText({ what, by, to, decision, values, reason }: ApprovalEntry): string {
  const people = to === null ? 'anybody' : to.map(oneLine).join(', ');
  const said = reason === null ? '' : `: ${oneLine(reason)}`;
  if (what === 'asked' || what === 'reminded' || what === 'escalated') return people;
  if (what === 'delegated') return `by ${oneLine(by ?? '')} to ${people}${said}`;
  if (by === null) return said;
  return `${decision ?? 'delegation'} by ${oneLine(by)}${values === null ? '' : ` ${valueLine(values)}`}${said}`;
}
