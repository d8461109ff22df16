/** An error for people: what happened, where, why, what to do next; its code is stable, its words are not. */
import type { ErrorReport } from '../failure/error-report.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';

/** Errors of these codes list something below their first line: what has changed, what does not fit. */
const LISTING: ReadonlySet<string> = new Set(['DEFINITION_CHANGED', 'DEFINITION_UNFIT']);

/** The lines of an error. `lead` begins the first one. */
export function errorText(error: ErrorReport, paint: Paint, lead = 'troupe: '): string {
  const { code, message, where, hint } = error;
  const whys: string[] = [];
  for (let cause = error.cause; cause !== undefined; cause = cause.cause) {
    if (message.includes(cause.message)) continue;
    // What was thrown by something else than Troupe has no code of its own.
    whys.push(cause.code === 'INTERNAL' ? oneLine(cause.message) : `${cause.code}: ${oneLine(cause.message)}`);
  }
  const [head = '', ...listed] = LISTING.has(code) ? message.split('\n') : [message];
  return [
    `${paint.red(`${lead}${oneLine(head)}`)} ${paint.dim(`(${code})`)}`,
    ...listed.map((line) => `  ${oneLine(line)}`),
    ...(where === undefined ? [] : [`  where: ${oneLine(where)}`]),
    ...whys.map((why) => `  why:   ${why}`),
    ...(hint === undefined ? [] : [`  next:  ${oneLine(hint)}`]),
  ].join('\n');
}
