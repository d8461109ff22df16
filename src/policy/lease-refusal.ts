/** A refused request for resources, as an error for people. */
import type { ErrorData } from '../protocol/errors.ts';
import { accountInWords } from './account-in-words.ts';
import type { LeaseRequest, LeaseVerdict, Shortage } from './lease-decision.ts';
import type { LimitKind } from './resource-amounts.ts';

/** What can be limited, as it is said after a number. */
export const KIND_WORDS: Readonly<Record<LimitKind, string>> = {
  memoryMb: 'MB of memory',
  cpu: 'cores',
  io: 'of input and output',
  concurrency: 'places',
  tokens: 'tokens',
  tokensPerMinute: 'tokens per minute',
};

/** What is missing, in words: `60 tokens within run r1, where 40 of 100 are left`. */
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
      return `${figure(why.needed)} ${KIND_WORDS[why.kind]} within ${accountInWords(why.account)}, where ${figure(Math.max(0, why.free))} of ${figure(why.limit)} are left`;
  }
}

/** Made once: making one for each figure takes longer than everything else that is said of a shortage. */
const FIGURES = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

const figure = (amount: number): string => FIGURES.format(amount);

/** More than there is at all, in words: `it needs 512 MB of memory, and build of run r1 allows 256 at once`. */
function beyondInWords(lease: string, why: Shortage): string | null {
  if (!('limit' in why) || why.needed <= why.limit) return null;
  const once = why.kind === 'tokens' || why.kind === 'tokensPerMinute' ? '' : ' at once';
  return `${lease} needs ${figure(why.needed)} ${KIND_WORDS[why.kind]}, and ${accountInWords(why.account)} allows ${figure(why.limit)}${once}`;
}

/**
 * The error of a request that is refused: RESOURCE_EXHAUSTED for more than there is, DEADLINE_UNREACHABLE when it could not begin in time,
 * RESOURCE_CONFLICT, which may be tried again, when its owner must first give back what it holds and others may have it then.
 */
export function refusalError(refused: Extract<LeaseVerdict, { verdict: 'never' | 'die' }>, { lease, owner }: LeaseRequest): ErrorData {
  const { verdict, why } = refused;
  const details = { lease, owner, why: { ...why } };
  const lacks = `${lease} lacks ${shortageInWords(why)}`;
  if (verdict === 'die' && refused.isOwn === true) {
    const hint = 'raise the limit, or let it ask for less, or give something back before';
    return {
      code: 'RESOURCE_EXHAUSTED',
      message: `${lacks}: with what it has itself that is more than there is`,
      hint,
      retryable: false,
      details,
    };
  }
  if (verdict === 'die') {
    return {
      code: 'RESOURCE_CONFLICT',
      message: `${lacks}, and must not wait for it while it holds something itself`,
      hint: 'let the attempt fail, and give its step retries: the next one asks for it before it begins. Or ask for everything at once',
      retryable: true,
      details,
    };
  }
  if (why.kind === 'deadline') {
    return { code: 'DEADLINE_UNREACHABLE', message: lacks, hint: 'give it a later deadline, or more to run on', retryable: false, details };
  }
  const message = beyondInWords(lease, why) ?? lacks;
  return { code: 'RESOURCE_EXHAUSTED', message, hint: 'raise the limit, or let it ask for less', retryable: false, details };
}
