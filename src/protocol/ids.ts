/**
 * Ids inside a run are derived, never drawn: the same run, step and attempt always give the same key,
 * on the first try, on replay and after a crash. A step's path is its id, prefixed by the ids of the nested
 * workflows it stands in (`release/deploy`).
 */

/** The stable key under which an agent sees one attempt: `run/step#attempt`. */
export function taskKey(run: string, path: string, attempt: number): string {
  return `${run}/${path}#${attempt}`;
}

/** The id of an attempt inside its run: `step#attempt`. */
export function attemptId(path: string, attempt: number): string {
  return `${path}#${attempt}`;
}
