/**
 * Which service outside an error came from. An error that somebody else throws is passed on as it is, because whoever catches it looks at
 * its class and its members; so the name stands beside it, and is told where the error becomes data.
 */
import type { JsonObject } from './json.ts';

const named = new WeakMap<object, string>();

/** Notes the service that an error came from, unless it came from another one before. What is no object cannot be noted. */
export function nameService(thrown: unknown, service: string): void {
  if (typeof thrown === 'object' && thrown !== null && !named.has(thrown)) named.set(thrown, service);
}

/**
 * The details of an error as data, with the `service` that it came from, and its `kind` where nothing else in them tells it; no details where
 * there are none.
 */
export function withService(thrown: object, details: JsonObject | undefined): { readonly details?: JsonObject } {
  const service = named.get(thrown);
  if (service === undefined) return details === undefined ? {} : { details };
  return { details: { ...details, service, ...(details === undefined ? { kind: 'external.service_failure' } : {}) } };
}
