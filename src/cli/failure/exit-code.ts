/**
 * What the command's exit code says. Scripts depend on these numbers: they never change.
 */
export const EXIT = {
  ok: 0,
  /** The run failed or was cancelled. */
  failed: 1,
  /** The command was typed wrongly, or asks for what makes no sense as things stand. */
  usage: 2,
  /** A workflow or crew file has errors. */
  invalid: 3,
  /** The run waits for a person; it is saved. */
  waiting: 4,
  /** There is no such run or file. */
  notFound: 5,
  /** The store is locked, damaged, full or not writable. */
  store: 6,
  /** Nobody can perform a step. */
  unavailable: 7,
  /** The run took longer than `--timeout`. */
  timedOut: 124,
  /** Stopped by Ctrl-C or SIGTERM; the run is saved. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  USAGE: EXIT.usage,
  RUN_EXISTS: EXIT.usage,
  RUN_ENDED: EXIT.usage,
  RUN_UNDER_WAY: EXIT.usage,
  NOTHING_TO_RETRY: EXIT.usage,
  LETTER_CLOSED: EXIT.usage,
  LETTER_NOT_FOUND: EXIT.notFound,
  AGENT_NOT_FOUND: EXIT.notFound,
  SERVICE_NOT_FOUND: EXIT.notFound,
  DEFINITION_CHANGED: EXIT.usage,
  DEFINITION_UNFIT: EXIT.usage,
  INPUT_MISSING: EXIT.usage,
  INPUT_INVALID: EXIT.usage,
  ANSWER_REFUSED: EXIT.usage,
  FILE_NOT_FOUND: EXIT.notFound,
  RUN_NOT_FOUND: EXIT.notFound,
  DEFINITION_INVALID: EXIT.invalid,
  EXPRESSION_INVALID: EXIT.invalid,
  WORKFLOW_NOT_FOUND: EXIT.invalid,
  NESTING_TOO_DEEP: EXIT.invalid,
  AGENT_ALREADY_REGISTERED: EXIT.invalid,
  STORE_LOCKED: EXIT.store,
  STORE_DAMAGED: EXIT.store,
  STORE_FENCED: EXIT.store,
  STORE_FULL: EXIT.store,
  STORE_UNWRITABLE: EXIT.store,
  STORE_FORMAT: EXIT.store,
  REPLAY_DIVERGED: EXIT.store,
  AGENT_UNAVAILABLE: EXIT.unavailable,
  NO_AGENT_TYPE: EXIT.unavailable,
  NO_AVAILABLE_AGENT: EXIT.unavailable,
  COMMAND_NOT_FOUND: EXIT.unavailable,
  RUN_TIMED_OUT: EXIT.timedOut,
};

/** The exit code for an error that kept the command from doing its work. */
export function exitCodeOfError(code: string): ExitCode {
  return BY_CODE[code] ?? EXIT.failed;
}

/** An error and what caused it, as plain data. */
interface Caused {
  readonly code: string;
  readonly cause?: Caused;
}

/** The exit code for a run that failed: whether somebody to do the work was missing, or the work went wrong. */
export function exitCodeOfFailure(error: Caused | null): ExitCode {
  for (let each: Caused | undefined = error ?? undefined; each !== undefined; each = each.cause) {
    if (BY_CODE[each.code] === EXIT.unavailable) return EXIT.unavailable;
  }
  return EXIT.failed;
}

/** Of several runs the exit code of the one that needs a person most. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [
    EXIT.interrupted,
    EXIT.timedOut,
    EXIT.store,
    EXIT.unavailable,
    EXIT.notFound,
    EXIT.invalid,
    EXIT.usage,
    EXIT.failed,
    EXIT.waiting,
  ];
  return order.find((code) => codes.includes(code)) ?? EXIT.ok;
}
