/** What a person is asked to decide, in words: what a key was, and what both sides made of it. */
import { isJsonObject, type Json } from '../protocol/json.ts';
import type { LiveGroup } from './run-state.ts';

/** Longer values are cut here: the whole of them is in the view's step and in `--json`. */
const LONGEST = 60;

/** `: title was "old", a wrote "x", b wrote "y"`; empty where nothing is asked. */
export function askedInWords({ extra }: LiveGroup): string {
  const conflicts = extra?.conflicts;
  if (!Array.isArray(conflicts)) return '';
  const asked = conflicts.flatMap((each: Json) => {
    if (!isJsonObject(each)) return [];
    const { key, base, theirs, ours, theirsBy, oursBy } = each;
    return [`${key} was ${brief(base)}, ${theirsBy ?? 'others'} wrote ${brief(theirs)}, ${oursBy ?? 'this step'} wrote ${brief(ours)}`];
  });
  const refused = typeof extra?.refused === 'string' ? `; the last answer ${extra.refused}` : '';
  return asked.length === 0 ? '' : `: ${asked.join('; ')}${refused}`;
}

function brief(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
