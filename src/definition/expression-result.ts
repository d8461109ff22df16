import type { Json } from '../protocol/json.ts';
import type { Site } from './expression-error.ts';
import { failed, kindOf } from './expression-frame.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { ownData, UNREADABLE } from './own-data.ts';

/**
 * The value of an expression as plain JSON. Data of the scope is handed on as it is; what the expression made itself
 * (`deep`) is looked through. Throws EXPRESSION_FAILED for undefined, NaN, infinities and what is not data.
 */
export function plainResult(site: Site, value: unknown, deep: boolean): Json {
  if (deep) checkPlain(site, value, 0);
  else checkScalar(site, value);
  return value as Json;
}

function checkPlain(site: Site, value: unknown, depth: number): void {
  if (depth > EXPRESSION_LIMITS.dataDepth) failed(site, `the value is nested more than ${EXPRESSION_LIMITS.dataDepth} deep`);
  checkScalar(site, value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) checkPlain(site, ownData(value, index), depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) checkPlain(site, ownData(value, name), depth + 1);
  }
}

function checkScalar(site: Site, value: unknown): void {
  if (typeof value === 'object' || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  const what = typeof value === 'number' ? String(value) : value === UNREADABLE ? 'a getter or function' : kindOf(value);
  failed(
    site,
    `the value is or holds ${what}, which is not JSON`,
    value === undefined ? "write (… ?? 'default') around what may be missing" : undefined,
  );
}
