/** What the command itself refuses, as opposed to what the library reports: a mistyped command, a file that is not there. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: 'USAGE' | 'FILE_NOT_FOUND' | 'AGENT_UNAVAILABLE' | 'INPUT_MISSING' | 'DEFINITION_CHANGED';
  /** What to do next. */
  readonly hint: string | undefined;
  readonly where: string | undefined;

  constructor(
    code: Refusal['code'],
    message: string,
    more: { readonly hint?: string; readonly where?: string; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.hint = more.hint;
    this.where = more.where;
  }
}

/** A mistake in what was typed: exit code 2. */
export function usage(message: string, hint?: string): Refusal {
  return new Refusal('USAGE', message, hint === undefined ? {} : { hint });
}
