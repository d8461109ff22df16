import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';

/** Members that count tests wherever they stand. */
const COUNTS =
  /^(?:tests?_?(?:run|ran|total|executed|count|passed|failed)|(?:total|num|number_?of|executed|run)_?tests?(?:_?run)?|tests)$/iu;
/** Members that count tests inside an object about tests. */
const INNER_COUNTS = /^(?:total|run|ran|executed|count|passed|failed)$/iu;
const ABOUT_TESTS = /tests?|qa|suite/iu;
/** How deep results are looked for. */
const MAX_DEPTH = 4;

const NONE_RUN =
  /\b(?:(?:0|no|zero) tests? (?:cases? )?(?:were |was |have been )?(?:run|ran|executed|found|collected)\b|ran 0 tests?\b|tests? run: ?0\b|collected 0 items\b)/iu;

/**
 * True when a reply says that no test was run: every count of tests in its payload is zero, or, where it counts nothing, its text says so.
 */
export function ranNoTests(payload: Json | null, text: string): boolean {
  const counts = isJsonObject(payload) ? [...countsIn(payload, false, 0)] : [];
  return counts.length > 0 ? counts.every((count) => count === 0) : NONE_RUN.test(text);
}

function* countsIn(object: JsonObject, aboutTests: boolean, depth: number): Generator<number> {
  if (depth > MAX_DEPTH) return;
  for (const [name, value] of Object.entries(object)) {
    if (isJsonObject(value)) yield* countsIn(value, aboutTests || ABOUT_TESTS.test(name), depth + 1);
    else if (COUNTS.test(name) || (aboutTests && INNER_COUNTS.test(name))) yield* countOf(value);
  }
}

function* countOf(value: Json | undefined): Generator<number> {
  if (typeof value === 'number') yield value;
  else if (Array.isArray(value)) yield value.length;
  else if (typeof value === 'string' && /^\d{1,9}$/u.test(value.trim())) yield Number(value);
}
