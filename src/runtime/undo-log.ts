/** What the members of a group changed in its scope, so that it can be taken back when they run again. */
import type { Json } from '../protocol/json.ts';

type Values = Record<string, Json | undefined>;

/** What stood there before: by name, undefined where there was nothing. */
export interface UndoLog {
  readonly variables: Map<string, Json | undefined>;
  readonly steps: Map<string, Json | undefined>;
}

/** An empty log. */
export function openUndoLog(): UndoLog {
  return { variables: new Map(), steps: new Map() };
}

/** Remembers what a name stood for, the first time it is about to be changed. */
export function remember(log: Map<string, Json | undefined>, values: Values, name: string): void {
  if (!log.has(name)) log.set(name, Object.hasOwn(values, name) ? values[name] : undefined);
}

/** Puts everything back and forgets it. */
export function takeBack(log: UndoLog, scope: { readonly variables: Values; readonly steps: Values }): void {
  restore(log.variables, scope.variables);
  restore(log.steps, scope.steps);
}

function restore(before: Map<string, Json | undefined>, values: Values): void {
  for (const [name, value] of before) {
    if (value === undefined) delete values[name];
    else values[name] = value;
  }
  before.clear();
}
