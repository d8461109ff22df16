import type { Json } from '../protocol/json.ts';

const MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A hundred years: longer waits are typing mistakes. */
export const MAX_DURATION_MS = 100 * 365 * 86_400_000;

/**
 * Reads a duration text: `500ms`, `30s`, `30m`, `2h`, `1d`, or larger units followed by smaller ones (`1h30m`, `1d 12h`).
 * Decimals are allowed (`1.5h`).
 *
 * Returns milliseconds (an integer), or null when the text is not such a duration, or is longer than a hundred years.
 */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed.length > 60 || !/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+$/u.test(trimmed)) return null;
  let total = 0;
  let previous = Number.POSITIVE_INFINITY;
  for (const [, amount = '', unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/gu)) {
    const size = MS[unit] ?? 0;
    if (size >= previous) return null;
    previous = size;
    total += Number(amount) * size;
  }
  const rounded = Math.round(total);
  return rounded <= MAX_DURATION_MS ? rounded : null;
}

/**
 * The milliseconds of a duration value: a number of `unit`s, a number as text (`"1800"`, also of `unit`s) or a duration text.
 * This is how a duration template is read once it is rendered.
 *
 * Returns null for anything else, for negative numbers, and for more than a hundred years.
 */
export function durationMs(value: Json, unit: 's' | 'ms'): number | null {
  const factor = unit === 's' ? 1000 : 1;
  if (typeof value === 'string') {
    const bare = /^\s*\d+(?:\.\d+)?\s*$/u.test(value);
    return bare && value.length < 30 ? durationMs(Number(value), unit) : parseDuration(value);
  }
  if (typeof value !== 'number' || !(value >= 0)) return null;
  const ms = Math.round(value * factor);
  return ms <= MAX_DURATION_MS ? ms : null;
}

/** A duration as people write it (`1h30m`, `1.5s`); the exact inverse of `parseDuration` for whole milliseconds. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.round(ms);
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = MS[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
