/**
 * Makes plain data unchangeable, all the way down, and returns it. What a run has taken in may be handed out by reference then: nobody who
 * gets it can change the past. What is frozen already is taken to be frozen all the way down.
 */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key in value) frozen(value[key]);
  return value;
}
