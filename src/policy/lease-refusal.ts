/** A refused request for resources, as an error for people. */
import type { ErrorData } from '../protocol/errors.ts';
import type { LeaseRequest, LeaseVerdict, Shortage } from './lease-decision.ts';
import type { LimitKind } from './resource-amounts.ts';

const NAMES: Readonly<Record<LimitKind, string>> = {
  memoryMb: 'MB of memory',
  cpu: 'cores',
  io: 'of input and output',
  concurrency: 'places',
  tokens: 'tokens',
  tokensPerMinute: 'tokens per minute',
};

/** What is missing, in words: `60 tokens of "run r1", where 40 of 100 are left`. */
export function shortageInWords(why: Shortage): string {
  switch (why.kind) {
    case 'lock':
      return `the lock "${why.lock}", which ${why.holders.join(', ')} ${why.holders.length === 1 ? 'has' : 'have'}`;
    case 'turn':
      return `its turn: ${why.behind} has waited longer and asks for the same`;
    case 'deadline':
      return `time: it had to begin by ${new Date(why.latestStart).toISOString()}, and cannot before ${new Date(why.until).toISOString()}`;
    case 'record':
      return `a record of what it is granted: ${why.reason}`;
    default:
      return `${why.needed} ${NAMES[why.kind]} of "${why.account}", where ${Math.max(0, why.free)} of ${why.limit} are left`;
  }
}

/**
 * The error of a request that is refused: RESOURCE_EXHAUSTED for more than there is, DEADLINE_UNREACHABLE when it could not begin in time,
 * RESOURCE_CONFLICT, which may be tried again, when its owner must first give back what it holds.
 */
export function refusalError(
  { verdict, why }: Extract<LeaseVerdict, { verdict: 'never' | 'die' }>,
  { lease, owner }: LeaseRequest,
): ErrorData {
  const details = { lease, owner, why: { ...why } };
  const lacks = `${lease} lacks ${shortageInWords(why)}`;
  if (verdict === 'die') {
    return {
      code: 'RESOURCE_CONFLICT',
      message: `${lacks}, and must not wait for it while it holds something itself`,
      hint: 'it is tried again from its beginning, with nothing in its hands; ask for everything at once where that can be known',
      retryable: true,
      details,
    };
  }
  if (why.kind === 'deadline') {
    return { code: 'DEADLINE_UNREACHABLE', message: lacks, hint: 'give it a later deadline, or more to run on', retryable: false, details };
  }
  return { code: 'RESOURCE_EXHAUSTED', message: lacks, hint: 'raise the limit, or let it ask for less', retryable: false, details };
}
