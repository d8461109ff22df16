/**
 * Errors as people and journals see them: a stable code, one sentence of what happened,
 * and, where it can be known, what to do next.
 */

import { withService } from './service-of-error.ts';

/** Every code Troupe gives, by who is expected to act on it. Codes are stable: messages may improve, codes do not change. */
export type ErrorCode =
  // a workflow or crew file, or a value in it, is wrong
  | 'DEFINITION_INVALID'
  | 'EXPRESSION_INVALID'
  | 'EXPRESSION_FAILED'
  | 'EXPRESSION_LIMIT'
  | 'TEMPLATE_FAILED'
  | 'CONDITION_FAILED'
  | 'WORKFLOW_NOT_FOUND'
  | 'INPUT_INVALID'
  | 'OUTPUT_INVALID'
  | 'DATA_MISSING'
  // an agent, or the task it was given
  | 'AGENT_FAILED'
  | 'AGENT_UNAVAILABLE'
  | 'NO_AGENT_TYPE'
  | 'NO_AVAILABLE_AGENT'
  | 'POLICY_VIOLATION'
  | 'TASK_VALIDATION_FAILED'
  | 'AGENT_OUTPUT_INVALID'
  | 'AGENT_ALREADY_REGISTERED'
  | 'AGENT_NOT_FOUND'
  | 'TASK_TIMED_OUT'
  | 'TASK_CANCELLED'
  | 'ATTEMPT_AMBIGUOUS'
  | 'COMMAND_NOT_FOUND'
  | 'COMMAND_EXITED'
  | 'COMMAND_OUTPUT_TOO_LARGE'
  | 'WAIT_TIMED_OUT'
  // a service outside that agents call
  | 'CIRCUIT_OPEN'
  | 'SERVICE_NOT_FOUND'
  // what work needs: memory, cores, tokens, locks
  | 'RESOURCE_EXHAUSTED'
  | 'RESOURCE_CONFLICT'
  | 'DEADLINE_UNREACHABLE'
  // members that meet, merge and disagree
  | 'JOIN_FAILED'
  | 'SYNC_FAILED'
  | 'SYNC_TIMED_OUT'
  | 'QUALITY_GATE_FAILED'
  | 'MAX_FEEDBACK_LOOPS'
  | 'FEEDBACK_STALLED'
  | 'CONFLICT_UNRESOLVED'
  | 'CONTEXT_STALE'
  | 'VOTE_UNDECIDED'
  | 'MAP_FAILED'
  | 'BUDGET_SPENT'
  | 'REQUEST_TIMED_OUT'
  | 'RECEIVER_UNKNOWN'
  | 'NESTING_TOO_DEEP'
  | 'COMPENSATION_FAILED'
  // people
  | 'APPROVAL_REJECTED'
  | 'APPROVAL_TIMED_OUT'
  | 'ANSWER_REFUSED'
  // a run
  | 'RUN_NOT_FOUND'
  | 'RUN_EXISTS'
  | 'RUN_ENDED'
  | 'RUN_UNDER_WAY'
  | 'RUN_CANCELLED'
  | 'NOTHING_TO_RETRY'
  | 'LETTER_NOT_FOUND'
  | 'LETTER_CLOSED'
  | 'DEFINITION_UNFIT'
  | 'REPLAY_DIVERGED'
  // a store
  | 'STORE_LOCKED'
  | 'STORE_DAMAGED'
  | 'STORE_FENCED'
  | 'STORE_FULL'
  | 'STORE_UNWRITABLE'
  | 'STORE_FORMAT'
  | 'STORE_CLOSED'
  | 'RUNTIME_STOPPED'
  | 'INTERNAL';

/** An error as plain JSON: what a journal keeps and `--json` prints. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  /** What a person can do next. */
  readonly hint?: string;
  /** `file:line:col`, a journal position, or a step. */
  readonly where?: string;
  /** false: trying again cannot help. Absent means yes. */
  readonly retryable?: boolean;
  /** Structured facts about the failure (exit code, signal, limits). */
  readonly details?: import('./json.ts').JsonObject;
  readonly cause?: ErrorData;
}

/** The one error class of Troupe. `code` is stable; `hint` says what to do next. */
export class TroupeError extends Error {
  override readonly name = 'TroupeError';
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly where?: string;
  readonly retryable?: boolean;
  readonly details?: import('./json.ts').JsonObject;

  constructor(code: ErrorCode, message: string, more: Omit<ErrorData, 'code' | 'message' | 'cause'> & { cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    if (more.hint !== undefined) this.hint = more.hint;
    if (more.where !== undefined) this.where = more.where;
    if (more.retryable !== undefined) this.retryable = more.retryable;
    if (more.details !== undefined) this.details = more.details;
  }
}

/** Turns anything thrown into plain error data; `code` is used where the thrown value carries none of ours. */
export function errorData(thrown: unknown, code: ErrorCode = 'INTERNAL'): ErrorData {
  if (thrown instanceof TroupeError) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      ...(thrown.where === undefined ? {} : { where: thrown.where }),
      ...(thrown.retryable === undefined ? {} : { retryable: thrown.retryable }),
      ...withService(thrown, thrown.details),
      ...(thrown.cause === undefined ? {} : { cause: errorData(thrown.cause) }),
    };
  }
  if (thrown instanceof Error) {
    return {
      code,
      message: thrown.message || thrown.name,
      ...withService(thrown, foreignDetails(thrown)),
      ...(thrown.cause === undefined ? {} : { cause: errorData(thrown.cause, code) }),
    };
  }
  return { code, message: typeof thrown === 'string' ? thrown : `a value was thrown that is not an Error: ${String(thrown)}` };
}

/** What the system and clients of services say of their errors beside the message: a code such as `ECONNREFUSED` (as `system`), a status such as 503. */
function foreignDetails(
  thrown: Error & { readonly code?: unknown; readonly status?: unknown; readonly statusCode?: unknown },
): import('./json.ts').JsonObject | undefined {
  const status = thrown.status ?? thrown.statusCode;
  const details = {
    ...(typeof thrown.code === 'string' && /^[A-Z][A-Z0-9_]{2,63}$/.test(thrown.code) ? { system: thrown.code } : {}),
    ...(typeof status === 'number' && Number.isInteger(status) ? { status } : {}),
  };
  return Object.keys(details).length === 0 ? undefined : details;
}
