/** What a task is expected to take of what is limited, by what is known of the agent that is about to be given it. */
import { TOKEN_WINDOW_MS } from '../../definition/token-rate.ts';
import { AMOUNT_KINDS, type AmountKind, type Amounts, type ResourceLimits } from '../../policy/resource-amounts.ts';
import { expectedAmounts, type Usage } from '../../policy/usage-pattern.ts';

/** What is known of what an agent uses for a task. */
export interface KnownUse {
  readonly use: Usage;
  /** It was chosen because it uses less: what is known of it counts even where the step states more. */
  readonly isLighter: boolean;
}

/**
 * The amounts to ask for: what is stated, else what is known, as far as it is limited. An average asks for no more at once than there is: it is
 * no reason to refuse a task that never said so. `limits`: those of all accounts that it is taken from.
 */
export function expectedOf(stated: Amounts, { use, isLighter }: KnownUse, limits: readonly ResourceLimits[]): Amounts {
  const expected = expectedAmounts(isLighter ? lesser(stated, use) : stated, use);
  const taken: { -readonly [Kind in AmountKind]?: number } = { ...stated };
  for (const kind of AMOUNT_KINDS) {
    const amount = expected[kind];
    const most = leastLimit(limits, kind);
    if (amount === undefined || most === null) continue;
    taken[kind] = stated[kind] === undefined && kind !== 'tokens' ? Math.min(amount, most) : amount;
  }
  return taken;
}

/** Over how long, ms, tokens must be counted that no step has stated, so that they are within every limit per minute; null: as ever. */
export function spreadOf(stated: Amounts, { tokens = 0 }: Amounts, limits: readonly ResourceLimits[]): number | null {
  const perMinute = Math.min(...limits.map(({ tokensPerMinute = Number.POSITIVE_INFINITY }) => tokensPerMinute));
  return stated.tokens === undefined && tokens > perMinute && perMinute > 0 ? Math.ceil((tokens * TOKEN_WINDOW_MS) / perMinute) : null;
}

/** The least limit that a kind counts against; null: none. */
function leastLimit(limits: readonly ResourceLimits[], kind: AmountKind): number | null {
  const counted = limits.flatMap((each) => [each[kind] ?? [], kind === 'tokens' ? (each.tokensPerMinute ?? []) : []].flat());
  return counted.length === 0 ? null : Math.min(...counted);
}

function lesser(stated: Amounts, use: Usage): Amounts {
  const less = AMOUNT_KINDS.flatMap((kind) => {
    const known = kind === 'concurrency' ? undefined : use[kind];
    return known !== undefined && known < (stated[kind] ?? 0) ? [[kind, known] as const] : [];
  });
  return { ...stated, ...Object.fromEntries(less) };
}
