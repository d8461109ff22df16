/** The kinds of failures, and the place of every error code among them. */
import type { ErrorCode } from '../protocol/errors.ts';

/** Who or what has failed. A closed set. */
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** All kinds, in the order in which the documentation lists them. */
export const FAILURE_KINDS = [
  'agent.timeout',
  'agent.error',
  'agent.unavailable',
  'resource.exhaustion',
  'validation.failure',
  'context.corruption',
  'coordination.failure',
  'external.service_failure',
  'dependency.failure',
  'policy.violation',
] as const;

/** How grave a failure is. */
export type Severity = (typeof SEVERITIES)[number];

/** From least to most grave. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

/** How grave, and whether the same again may go well. */
export interface FailureTerms {
  readonly severity: Severity;
  readonly retryable: boolean;
}

/** What holds of a kind where a code says nothing else. */
export const KIND_TERMS: Readonly<Record<FailureKind, FailureTerms>> = {
  'agent.timeout': { severity: 'medium', retryable: true },
  'agent.error': { severity: 'high', retryable: true },
  'agent.unavailable': { severity: 'high', retryable: false },
  'resource.exhaustion': { severity: 'high', retryable: true },
  'validation.failure': { severity: 'medium', retryable: false },
  'context.corruption': { severity: 'critical', retryable: false },
  'coordination.failure': { severity: 'medium', retryable: true },
  'external.service_failure': { severity: 'medium', retryable: true },
  'dependency.failure': { severity: 'medium', retryable: false },
  'policy.violation': { severity: 'high', retryable: false },
};

/** The place of a code: its kind, and where its terms differ from those of the kind. */
export interface FailurePlace extends Partial<FailureTerms> {
  readonly kind: FailureKind;
}

const invalid: FailurePlace = { kind: 'validation.failure' };
const refused: FailurePlace = { kind: 'validation.failure', severity: 'low' };
const unmet: FailurePlace = { kind: 'coordination.failure' };
const ended: FailurePlace = { kind: 'coordination.failure', severity: 'low', retryable: false };
const forbidden: FailurePlace = { kind: 'policy.violation' };
const damaged: FailurePlace = { kind: 'context.corruption' };

/** Every code in its place. Typed so that a code that is added must be placed. */
export const PLACES: Readonly<Record<ErrorCode, FailurePlace>> = {
  // a workflow or crew file, or a value in it, is wrong
  DEFINITION_INVALID: invalid,
  EXPRESSION_INVALID: invalid,
  EXPRESSION_FAILED: invalid,
  EXPRESSION_LIMIT: invalid,
  TEMPLATE_FAILED: invalid,
  CONDITION_FAILED: invalid,
  WORKFLOW_NOT_FOUND: { kind: 'dependency.failure', severity: 'high' },
  INPUT_INVALID: invalid,
  OUTPUT_INVALID: invalid,
  DATA_MISSING: { kind: 'dependency.failure' },
  // an agent, or the task it was given
  AGENT_FAILED: { kind: 'agent.error' },
  AGENT_UNAVAILABLE: { kind: 'agent.unavailable' },
  NO_AGENT_TYPE: { kind: 'agent.unavailable' },
  NO_AVAILABLE_AGENT: { kind: 'agent.unavailable' },
  POLICY_VIOLATION: forbidden,
  TASK_VALIDATION_FAILED: invalid,
  // What an agent answers may be another thing next time.
  AGENT_OUTPUT_INVALID: { kind: 'validation.failure', retryable: true },
  AGENT_ALREADY_REGISTERED: refused,
  AGENT_NOT_FOUND: refused,
  TASK_TIMED_OUT: { kind: 'agent.timeout' },
  TASK_CANCELLED: ended,
  ATTEMPT_AMBIGUOUS: { kind: 'agent.error', retryable: false },
  COMMAND_NOT_FOUND: { kind: 'agent.unavailable' },
  COMMAND_EXITED: { kind: 'agent.error' },
  COMMAND_OUTPUT_TOO_LARGE: { kind: 'resource.exhaustion', retryable: false },
  WAIT_TIMED_OUT: unmet,
  // a service outside that agents call
  CIRCUIT_OPEN: { kind: 'external.service_failure' },
  SERVICE_NOT_FOUND: refused,
  // members that meet, merge and disagree
  JOIN_FAILED: unmet,
  SYNC_FAILED: unmet,
  SYNC_TIMED_OUT: unmet,
  QUALITY_GATE_FAILED: forbidden,
  MAX_FEEDBACK_LOOPS: forbidden,
  FEEDBACK_STALLED: forbidden,
  CONFLICT_UNRESOLVED: unmet,
  CONTEXT_STALE: { kind: 'context.corruption', severity: 'medium', retryable: true },
  VOTE_UNDECIDED: unmet,
  MAP_FAILED: { kind: 'dependency.failure' },
  BUDGET_SPENT: { kind: 'resource.exhaustion', retryable: false },
  REQUEST_TIMED_OUT: unmet,
  RECEIVER_UNKNOWN: { kind: 'coordination.failure', retryable: false },
  NESTING_TOO_DEEP: invalid,
  // What it did still stands, and nobody else will see to it.
  COMPENSATION_FAILED: { kind: 'coordination.failure', severity: 'critical', retryable: false },
  // the means to work with
  RESOURCE_EXHAUSTED: { kind: 'resource.exhaustion' },
  RESOURCE_CONFLICT: { kind: 'resource.exhaustion', severity: 'low' },
  DEADLINE_UNREACHABLE: { kind: 'resource.exhaustion', retryable: false },
  // people
  APPROVAL_REJECTED: forbidden,
  APPROVAL_TIMED_OUT: unmet,
  ANSWER_REFUSED: { kind: 'policy.violation', severity: 'low' },
  // a run
  RUN_NOT_FOUND: refused,
  RUN_EXISTS: refused,
  RUN_ENDED: refused,
  RUN_UNDER_WAY: refused,
  RUN_CANCELLED: ended,
  NOTHING_TO_RETRY: refused,
  LETTER_NOT_FOUND: refused,
  LETTER_CLOSED: refused,
  DEFINITION_UNFIT: invalid,
  REPLAY_DIVERGED: damaged,
  // a store
  STORE_LOCKED: { kind: 'resource.exhaustion' },
  STORE_DAMAGED: damaged,
  STORE_FENCED: { kind: 'coordination.failure', severity: 'high', retryable: false },
  STORE_FULL: { kind: 'resource.exhaustion', severity: 'critical' },
  STORE_UNWRITABLE: { kind: 'resource.exhaustion', severity: 'critical' },
  STORE_FORMAT: damaged,
  STORE_CLOSED: ended,
  RUNTIME_STOPPED: { ...ended, retryable: true },
  INTERNAL: damaged,
};
