import type { ResourceLimits } from '../../index.ts';
import { usage } from '../failure/refusal.ts';

/** What can be limited, as it is typed: by the names that files have for it. */
const KINDS = {
  memory_mb: 'memoryMb',
  cpu: 'cpu',
  io: 'io',
  concurrency: 'concurrency',
  tokens: 'tokens',
  tokens_per_minute: 'tokensPerMinute',
} as const;

const HINT = 'for example tokens=100000 or memory_mb=4096';

/** Limits such as `tokens=100000`. Throws a usage error for anything else, and for one that is given twice. `what`: takes them. */
export function typedLimits(what: string, typed: readonly string[]): ResourceLimits {
  const limits: { -readonly [Kind in keyof ResourceLimits]: ResourceLimits[Kind] } = {};
  for (const pair of typed) {
    const [, name = '', written = ''] = /^([^=]*)=(.*)$/su.exec(pair) ?? [];
    if (!Object.hasOwn(KINDS, name)) throw usage(`${what} takes a limit on ${Object.keys(KINDS).join(', ')}, not "${pair}"`, HINT);
    const kind = KINDS[name as keyof typeof KINDS];
    const amount = Number(written);
    if (!/^\d+(?:\.\d+)?$/u.test(written) || !Number.isFinite(amount) || amount <= 0)
      throw usage(`${what} takes a number above 0 for ${name}, not "${written}"`, HINT);
    if (limits[kind] !== undefined) throw usage(`${what} says ${name} twice`, 'leave one out');
    limits[kind] = amount;
  }
  return limits;
}

/** Limits as `--limit` says them, for this and later processes; null where it is not said: those that were said last. `none` alone: no limits. */
export function limitsHere(typed: readonly string[] = []): ResourceLimits | null {
  if (typed.length === 0) return null;
  return typed.length === 1 && typed[0] === 'none' ? {} : typedLimits('--limit', typed);
}
