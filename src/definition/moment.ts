import type { Json } from '../protocol/json.ts';

/** The last moment that a date can be, ms since the epoch. */
const LAST_MOMENT_MS = 8.64e15;

/** A date, alone or with a time and its zone: without the zone it would be another moment on every machine. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2}))?$/u;

/**
 * The moment that a value stands for, ms since the epoch: a number of ms, or an ISO 8601 timestamp with its zone (a date alone is its
 * beginning in UTC). Null where it is neither.
 */
export function momentMs(value: Json): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= LAST_MOMENT_MS ? Math.round(value) : null;
  if (typeof value !== 'string' || !TIMESTAMP.test(value.trim())) return null;
  const ms = Date.parse(value.trim().replace(/\s(?=[Z+-])/u, ''));
  return Number.isNaN(ms) ? null : ms;
}

/** Whether a text is meant as a moment (a timestamp, or a template that gives one) rather than as a condition. */
export function isMeantAsMoment(text: string): boolean {
  return text.includes('{{') || /^\s*\d{4}-\d{2}/u.test(text);
}
