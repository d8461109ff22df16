/** What the details of an agent's error say about its kind: in so many words, or by the status and the system codes that everybody knows. */
import type { Json, JsonObject } from '../protocol/json.ts';
import { FAILURE_KINDS, type FailureKind, SEVERITIES, type Severity } from './failure-kinds.ts';

/** What details tell. */
export interface ToldFailure {
  readonly kind?: FailureKind;
  readonly severity?: Severity;
}

/** HTTP statuses that say whose failure it is; those from 500 on, but for these, are the service's (RFC 9110, RFC 6585, RFC 4918). */
const STATUSES: Readonly<Record<number, FailureKind>> = {
  400: 'validation.failure',
  401: 'policy.violation',
  403: 'policy.violation',
  408: 'external.service_failure',
  413: 'resource.exhaustion',
  422: 'validation.failure',
  425: 'external.service_failure',
  429: 'resource.exhaustion',
  507: 'resource.exhaustion',
};

/** Codes of the system (errno) that mean that something has run out. */
const EXHAUSTED: ReadonlySet<string> = new Set(['ENOSPC', 'ENOMEM', 'EMFILE', 'ENFILE', 'EDQUOT', 'EAGAIN', 'ENOBUFS', 'E2BIG']);

/** Codes of the system, its resolver and the HTTP client of Node that mean that somebody else is not there. */
const UNREACHABLE = /^(?:ECONN|EHOST|ENET|EAI_|ENOTFOUND$|ETIMEDOUT$|EPIPE$|UND_ERR_)/u;

const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Reads `kind`, `severity`, `status` (or `statusCode`) and `system` (or `code`) of an error's details; anything else is not looked at. */
export function toldBy(details: JsonObject): ToldFailure {
  const kind =
    FAILURE_KINDS.find((each) => each === details.kind) ??
    kindOfStatus(details.status ?? details.statusCode) ??
    kindOfSystem(details.system ?? details.code);
  const severity = SEVERITIES.find((each) => each === details.severity);
  return { ...(kind === undefined ? {} : { kind }), ...(severity === undefined ? {} : { severity }) };
}

function kindOfStatus(status: Json | undefined): FailureKind | undefined {
  if (typeof status !== 'number') return undefined;
  return STATUSES[status] ?? (status >= 500 && status <= 599 ? 'external.service_failure' : undefined);
}

function kindOfSystem(code: Json | undefined): FailureKind | undefined {
  if (typeof code !== 'string') return undefined;
  if (EXHAUSTED.has(code)) return 'resource.exhaustion';
  if (FORBIDDEN.has(code)) return 'policy.violation';
  return UNREACHABLE.test(code) ? 'external.service_failure' : undefined;
}
