import { nearest } from './nearest-name.ts';

/** Keys that people bring along from elsewhere, and what they are called here; their letters are too far apart to be seen as a slip. */
const CALLED_HERE: ReadonlyMap<string, string> = new Map([['retry', 'retries']]);

/** The known key that an unknown one was probably meant to be, or null when none comes to mind. */
export function meantKey(key: string, known: readonly string[]): string | null {
  const here = CALLED_HERE.get(key);
  return here !== undefined && known.includes(here) ? here : nearest(key, known);
}
