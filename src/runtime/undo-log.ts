/** What the members of a group changed in its scope, so that it can be taken back when they run again. */
import type { Json } from '../protocol/json.ts';

type Values = Record<string, Json | undefined>;

/** What stood there before: by name, undefined where there was nothing. */
export interface UndoLog {
  readonly variables: Map<string, Json | undefined>;
  readonly steps: Map<string, Json | undefined>;
  /** The log of a group around this one, which may be taken back as a whole. */
  readonly around: UndoLog | null;
}

/** An empty log. */
export function openUndoLog(around: UndoLog | null = null): UndoLog {
  return { variables: new Map(), steps: new Map(), around };
}

/** Remembers what a name stood for, the first time it is about to be changed, in every log that it stands in. */
export function remember(log: UndoLog | null, kind: 'variables' | 'steps', values: Values, name: string): void {
  for (let at = log; at !== null; at = at.around) {
    if (!at[kind].has(name)) at[kind].set(name, Object.hasOwn(values, name) ? values[name] : undefined);
  }
}

/** Puts everything back and forgets it. */
export function takeBack(log: UndoLog, scope: { readonly variables: Values; readonly steps: Values }): void {
  restore(log.variables, scope.variables);
  restore(log.steps, scope.steps);
}

/** Puts back what one step's output was before. */
export function takeBackOutput({ steps: before }: UndoLog, { steps }: { readonly steps: Values }, id: string): void {
  if (!before.has(id)) return;
  const value = before.get(id);
  if (value === undefined) delete steps[id];
  else steps[id] = value;
}

function restore(before: Map<string, Json | undefined>, values: Values): void {
  for (const [name, value] of before) {
    if (value === undefined) delete values[name];
    else values[name] = value;
  }
  before.clear();
}
