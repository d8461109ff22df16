import type { FailureClass } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';

/** What sort of failure it was, in one line: `external.service_failure, medium, may go well another time; came of INTERNAL: …`. */
export function failureText({ kind, severity, retryable, causes }: FailureClass): string {
  const again = retryable ? 'may go well another time' : 'trying again does not help';
  const root = causes.at(-1);
  return `${kind}, ${severity}, ${again}${root === undefined ? '' : `; came of ${root.code}: ${oneLine(root.message)}`}`;
}
