/** What zod finds wrong with a value, in words for people: clauses that follow the path of the place (`/goal must be a text, not a number`). */
import type * as z from 'zod';
import type { ValidationIssue } from '../protocol/facts.ts';
import { isJsonObject, type Json } from '../protocol/json.ts';
import { kindOf } from './expression-frame.ts';
import { quoted } from './printable.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Alternatives that are named in a message, at most. */
const VALUES_SHOWN = 8;

/** The issues of a value, in the order in which zod found them. */
export function issuesInWords(issues: readonly Issue[], value: Json, before: Path = []): ValidationIssue[] {
  return issues.flatMap((issue) => {
    const path = [...before, ...issue.path];
    const found = valueAt(value, issue.path);
    if (issue.code === 'invalid_union') return issuesOfUnion(issue, found, path);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: pointer([...path, key]), message: 'is not expected' }));
    if (issue.code === 'invalid_key') {
      const [why] = issuesInWords(issue.issues, String(issue.path.at(-1)));
      return [{ path: pointer(path), message: `is not a name that is allowed: it ${why?.message ?? 'is another'}` }];
    }
    return [{ path: pointer(path), message: inWords(issue, found) }];
  });
}

/** JSON pointer (RFC 6901) of a place; empty for the whole value. */
function pointer(path: Path): string {
  return path.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<PropertyKey, Json>>)[name];
  }
  return found;
}

/** The issues of the alternative that comes closest; where the value is of another kind than all of them, what they would take. */
function issuesOfUnion(issue: Issue & { code: 'invalid_union' }, found: Json | undefined, path: Path): ValidationIssue[] {
  if (found === undefined) return [{ path: pointer(path), message: 'is missing' }];
  if (issue.errors.length === 0) return [{ path: pointer(path), message: 'fits several of the alternatives, and may fit only one' }];
  const alternatives = issue.errors.filter((errors) =>
    errors.every((error) => error.path.length > 0 || error.code === 'unrecognized_keys'),
  );
  const [closest] = alternatives.toSorted((a, b) => otherwise(a) - otherwise(b) || a.length - b.length);
  if (closest !== undefined) return issuesInWords(closest, found, path);
  const wanted = issue.errors.flatMap((errors) =>
    issuesInWords(errors.slice(0, 1), found).map(({ message }) => message.replace(/, not .*/su, '')),
  );
  return [{ path: pointer(path), message: `${[...new Set(wanted)].join(' or ').replaceAll(' or must be ', ' or ')}, not ${shown(found)}` }];
}

/** How many members say that another alternative is meant. */
const otherwise = (errors: readonly Issue[]): number => errors.filter(({ code }) => code === 'invalid_value').length;

function inWords(issue: Issue, found: Json | undefined): string {
  if (found === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${shown(found)}`;
    case 'invalid_value':
      return `must be ${alternativesOf(issue.values)}, not ${shown(found)}`;
    case 'too_small':
      return `must ${atLeast(issue.origin, issue.inclusive !== false, Number(issue.minimum))}, not ${measure(found)}`;
    case 'too_big':
      return `must ${atMost(issue.origin, issue.inclusive !== false, Number(issue.maximum))}, not ${measure(found)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}, not ${shown(found)}`;
    case 'invalid_format':
      return `must ${issue.pattern !== undefined && issue.format === 'regex' ? `match ${issue.pattern}` : `be a valid ${issue.format}`}, not ${shown(found)}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
  never: 'absent',
};

const MEASURES: Readonly<Record<string, string>> = { string: 'character', array: 'element', object: 'member' };

function atLeast(origin: string, inclusive: boolean, limit: number): string {
  const unit = MEASURES[origin];
  return unit === undefined
    ? `be ${inclusive ? 'at least' : 'more than'} ${limit}`
    : `have at least ${limit} ${unit}${limit === 1 ? '' : 's'}`;
}

function atMost(origin: string, inclusive: boolean, limit: number): string {
  const unit = MEASURES[origin];
  return unit === undefined
    ? `be ${inclusive ? 'at most' : 'less than'} ${limit}`
    : `have at most ${limit} ${unit}${limit === 1 ? '' : 's'}`;
}

/** How much there is: what is limited is a number, or the size of something. */
function measure(found: Json): string {
  if (typeof found === 'string' || Array.isArray(found)) return String(found.length);
  return isJsonObject(found) ? String(Object.keys(found).length) : String(found);
}

function shown(found: Json): string {
  if (typeof found === 'string') return quoted(found);
  if (isJsonObject(found)) return 'a map';
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : kindOf(found);
}

function alternativesOf(values: readonly unknown[]): string {
  const named = values.slice(0, VALUES_SHOWN).map((value) => (typeof value === 'string' ? quoted(value) : String(value)));
  return `${named.join(' or ')}${values.length > VALUES_SHOWN ? ` or one of ${values.length - VALUES_SHOWN} more` : ''}`;
}
