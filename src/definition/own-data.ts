/** Stands for a property that exists and is not data: an accessor, which is never called, or a function, which is never a value. */
export const UNREADABLE: unique symbol = Symbol('unreadable');

/** Names through which JavaScript code climbs from data to its own machinery. Never read, never written, whatever they hold. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
]);

/** True for names that no expression may mention. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN_NAMES.has(name);
}

/**
 * The own data property of an object or array: its value, `undefined` when there is none, or `UNREADABLE` when it is a
 * getter or holds a function or symbol. The prototype is not looked at and no code of the object runs.
 */
export function ownData(target: object, name: string | number): unknown {
  const property = Object.getOwnPropertyDescriptor(target, name);
  if (property === undefined) return undefined;
  if (property.get !== undefined || property.set !== undefined) return UNREADABLE;
  const value: unknown = property.value;
  return typeof value === 'function' || typeof value === 'symbol' ? UNREADABLE : value;
}

/** True for objects that are read as maps of names to values: everything that is neither null, an array nor a scalar. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
