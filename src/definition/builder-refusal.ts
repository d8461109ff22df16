import { TroupeError } from '../protocol/errors.ts';
import type { DiagnosticCode } from './diagnostic.ts';
import { quoted } from './printable.ts';

/** Something that is wrong with a workflow that a program builds, under the code that the same mistake has in a file. */
export interface BuildProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** The problem as one sentence. */
export function sentence({ message, hint }: Omit<BuildProblem, 'code'>): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

/** The error for a mistake that leaves nothing to build: DEFINITION_INVALID, with the code it has in a file under `details.codes`. */
export function refused(code: DiagnosticCode, message: string, hint?: string): TroupeError {
  const details = { problems: [message], codes: [code] };
  return new TroupeError('DEFINITION_INVALID', message, { details, ...(hint === undefined ? {} : { hint }) });
}

/** Names for a message: `"a", "b"`. */
export function listed(names: Iterable<string>): string {
  return [...names].map((name) => quoted(name)).join(', ');
}
