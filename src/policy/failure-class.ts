/**
 * What sort of failure an error is: a closed set of kinds, how grave it is, whether trying again can help, and what it came of. It follows from
 * the error alone, so that a replay says the same. The code decides; where an agent has failed in a way that its code does not tell, its details do.
 */
import type { ErrorCode, ErrorData } from '../protocol/errors.ts';
import { type ToldFailure, toldBy } from './failure-details.ts';
import { type FailureKind, KIND_TERMS, PLACES, type Severity } from './failure-kinds.ts';

/** One error in the chain of those that led to a failure. */
export interface FailureCause {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A failure as it is classed. */
export interface FailureClass {
  readonly kind: FailureKind;
  readonly severity: Severity;
  /** Whether the same again may go well. */
  readonly retryable: boolean;
  /** What it came of, the nearest first; at most 16. */
  readonly causes: readonly FailureCause[];
}

/** A chain of causes is followed this far: a person reads no further, and no data of an agent is trusted to end. */
const MAX_CAUSES = 16;

/**
 * Classes a failure. Total: an error of a code that we do not know (agents may make up their own) is one of its agent. `error.retryable` outranks
 * the table, and so do `kind` and `severity` in the details of an agent's error.
 *
 * @param thrown true: the performer broke; false: it did its work and reported failure, which is one degree less grave
 */
export function classify(error: ErrorData, thrown: boolean): FailureClass {
  const chain = chainOf(error);
  const place = Object.hasOwn(PLACES, error.code) ? PLACES[error.code] : PLACES.AGENT_FAILED;
  const told = place.kind === 'agent.error' ? toldAlong(chain) : {};
  const kind = told.kind ?? place.kind;
  const terms = told.kind === undefined ? { ...KIND_TERMS[kind], ...place } : KIND_TERMS[kind];
  return {
    kind,
    severity: told.severity ?? (kind === 'agent.error' && !thrown ? 'medium' : terms.severity),
    retryable: error.retryable ?? terms.retryable,
    causes: chain.slice(1).map(({ code, message }) => ({ code, message })),
  };
}

function chainOf(error: ErrorData): readonly ErrorData[] {
  const chain = [error];
  for (let next = error.cause; next !== undefined && chain.length <= MAX_CAUSES; next = next.cause) chain.push(next);
  return chain;
}

/** What the first details in the chain tell that tell anything: a client wraps the error of the system that it met. */
function toldAlong(chain: readonly ErrorData[]): ToldFailure {
  for (const { details } of chain) {
    const told = details === undefined ? {} : toldBy(details);
    if (told.kind !== undefined || told.severity !== undefined) return told;
  }
  return {};
}
