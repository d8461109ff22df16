import { nearest } from '../definition/nearest-name.ts';
import type { CoordinationEventType } from '../protocol/coordination.ts';
import { TroupeError } from '../protocol/errors.ts';
import { PRIORITY_OF } from './coordination-log.ts';

/** Which coordination events are meant: a type, all of a kind (`agent.*`), all (`*`), or a list of these. */
export type CoordinationPattern = string | readonly string[];

const TYPES = Object.keys(PRIORITY_OF);
const PATTERNS = [...TYPES, ...new Set(TYPES.map((type) => `${type.slice(0, type.indexOf('.'))}.*`)), '*'];

/** Whether an event of a type is meant. Throws DEFINITION_INVALID, with the nearest one, for a pattern that can never match. */
export function matching(pattern: CoordinationPattern): (type: CoordinationEventType) => boolean {
  const patterns = [pattern].flat();
  if (patterns.length === 0) throw unknownPattern(pattern);
  for (const each of patterns) if (!PATTERNS.includes(each)) throw unknownPattern(each);
  const types = new Set(TYPES.filter((type) => patterns.some((each) => matches(each, type))));
  return (type) => types.has(type);
}

const matches = (pattern: string, type: string): boolean =>
  pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));

function unknownPattern(pattern: unknown): TroupeError {
  const meant = typeof pattern === 'string' ? nearest(pattern, PATTERNS) : null;
  return new TroupeError('DEFINITION_INVALID', `no coordination event is meant by ${JSON.stringify(pattern) ?? String(pattern)}`, {
    hint: meant === null ? `one of ${PATTERNS.join(', ')}, or a list of them` : `did you mean "${meant}"?`,
    retryable: false,
  });
}
