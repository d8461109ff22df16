import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';

/** How a reply judges. */
export type VerdictStatus = 'pass' | 'fail' | 'unknown';

const PASS: ReadonlySet<string> = new Set([
  ...['pass', 'passed', 'passes', 'success', 'successful', 'succeeded', 'approved', 'approve'],
  ...['ok', 'okay', 'green', 'lgtm', 'complete', 'completed'],
]);
const FAIL: ReadonlySet<string> = new Set([
  ...['fail', 'failed', 'fails', 'failure', 'block', 'blocked', 'reject', 'rejected', 'error', 'errors', 'errored', 'red'],
]);
const FAULTS: ReadonlySet<string> = new Set(['error', 'errors', 'failure', 'failures']);

/** Members that hold a verdict in words, whatever else they say. */
const WORD_MEMBERS = ['status', 'verdict'] as const;
/** Members that hold one if it is all they hold: a result may well begin with "Error handling was added". */
const SINGLE_WORD_MEMBERS = ['decision', 'outcome', 'result'] as const;
/** Members that hold it as yes or no. */
const FLAG_MEMBERS = ['success', 'passed', 'approved', 'ok'] as const;

/**
 * The verdict a status text gives by its first word: pass, passed, success, succeeded, approved, ok, green, lgtm, complete(d); fail(ed),
 * block(ed), reject(ed), error, red, "not pass". A text that offers both ("pass | fail") gives none.
 */
export function verdictOfWords(text: string): VerdictStatus {
  const words =
    text
      .slice(0, 200)
      .toLowerCase()
      .match(/[a-z]+|[|/]/gu) ?? [];
  const [first = '', second = '', third = ''] = words;
  if (first === 'not' || first === 'no') return PASS.has(second) ? 'fail' : 'unknown';
  const status = PASS.has(first) ? 'pass' : FAIL.has(first) ? 'fail' : 'unknown';
  const alternative = second === '|' || second === '/' || second === 'or';
  if (alternative && (PASS.has(third) || FAIL.has(third)) && PASS.has(third) !== PASS.has(first)) return 'unknown';
  return status === 'pass' && second === 'with' && FAULTS.has(third) ? 'fail' : status;
}

/** The verdict of a JSON object by its members: a status in words, then `success` and its like, then `error`. */
export function verdictOfObject(object: JsonObject): VerdictStatus {
  const members = new Map(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
  const flag = firstKnown(FLAG_MEMBERS, (name) => verdictOfFlag(members.get(name)));
  const inWords = firstKnown(WORD_MEMBERS, (name) => verdictOfValue(members.get(name)));
  const worded = inWords === 'unknown' ? firstKnown(SINGLE_WORD_MEMBERS, (name) => verdictOfWord(members.get(name))) : inWords;
  if (worded === 'pass' && verdictOfFlag(members.get('success')) === 'fail') return 'fail';
  if (worded !== 'unknown') return worded;
  if (flag === 'fail') return 'fail';
  return tellsOfError(members.get('error')) ? 'fail' : flag;
}

/** The verdict of a text that is nothing but one: `PASS`, `**approved**.`, "not ok". */
export function verdictOfWord(value: Json | undefined): VerdictStatus {
  return typeof value === 'string' && value.length < 60 && /^[^a-z]*(?:not )?[a-z]+[^a-z]*$/iu.test(value)
    ? verdictOfWords(value)
    : 'unknown';
}

function verdictOfValue(value: Json | undefined): VerdictStatus {
  return typeof value === 'string' ? verdictOfWords(value) : verdictOfFlag(value);
}

function verdictOfFlag(value: Json | undefined): VerdictStatus {
  if (value === true || value === 'true') return 'pass';
  return value === false || value === 'false' ? 'fail' : 'unknown';
}

function tellsOfError(error: Json | undefined): boolean {
  if (typeof error === 'string') return error.trim() !== '' && !/^(?:none|null|no|n\/a|false|undefined)\.?$/iu.test(error.trim());
  if (Array.isArray(error)) return error.length > 0;
  return isJsonObject(error) ? Object.keys(error).length > 0 : Boolean(error);
}

function firstKnown(names: readonly string[], verdictOf: (name: string) => VerdictStatus): VerdictStatus {
  for (const name of names) {
    const verdict = verdictOf(name);
    if (verdict !== 'unknown') return verdict;
  }
  return 'unknown';
}
