/**
 * What work needs, and how much of it there is.
 *
 * Memory, cores, input and output, and places are held while the work is done and then given back. Tokens are used up; a limit on tokens
 * per minute counts the same tokens once more, for as long as a minute still contains them. What is absent is not needed, or not limited.
 */
import { TroupeError } from '../protocol/errors.ts';

/** What work can ask for. */
export const AMOUNT_KINDS = ['memoryMb', 'cpu', 'io', 'concurrency', 'tokens'] as const;

/** What work can ask for, by name. */
export type AmountKind = (typeof AMOUNT_KINDS)[number];

/** What can be limited. */
export const LIMIT_KINDS = [...AMOUNT_KINDS, 'tokensPerMinute'] as const;

/** What can be limited, by name. */
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** So much of each: megabytes, cores, shares of input and output, places, tokens. Plain JSON. */
export type Amounts = { readonly [Kind in AmountKind]?: number };

/** At most so much of each, in the same units; `tokensPerMinute` in tokens. Plain JSON. */
export type ResourceLimits = { readonly [Kind in LimitKind]?: number };

/** Amounts are counted in millionths, so that adding and taking away the same comes out at the same. */
const GRAIN = 1_000_000;

/** a + b, in whole millionths; what is too large to be counted in them stays as it is. */
export function added(a: number, b: number): number {
  const grains = (a + b) * GRAIN;
  return Number.isFinite(grains) ? Math.round(grains) / GRAIN : a + b;
}

/** Each amount of `b` added to that of `a`; `sign` −1 takes it away. */
export function addedAmounts(a: Amounts, b: Amounts, sign: 1 | -1 = 1): Amounts {
  const sums: { -readonly [Kind in AmountKind]?: number } = { ...a };
  for (const kind of AMOUNT_KINDS) {
    const more = b[kind];
    if (more !== undefined) sums[kind] = added(sums[kind] ?? 0, sign * more);
  }
  return sums;
}

/**
 * The amounts as they are counted.
 *
 * @param place whose they are, for the message
 * @throws TroupeError DEFINITION_INVALID for one that is not a finite number of at least 0
 */
export function checkedAmounts<Given extends Amounts | ResourceLimits>(given: Given, place: string): Given {
  const kinds: readonly string[] = LIMIT_KINDS;
  for (const [kind, amount] of Object.entries<number>(given)) {
    if (kinds.includes(kind) && Number.isFinite(amount) && amount >= 0) continue;
    throw new TroupeError('DEFINITION_INVALID', `${place} cannot have ${String(amount)} of ${kind}`, {
      hint: `there are ${LIMIT_KINDS.join(', ')}; each is a number of at least 0`,
      retryable: false,
    });
  }
  return given;
}
