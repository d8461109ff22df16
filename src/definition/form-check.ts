/** Holds a map of a file against its form: what the schema library finds becomes positioned problems in plain words. */
import * as z from 'zod';
import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { meantKey } from './meant-key.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import type { Problem, ProblemList } from './problem-list.ts';
import { nodeAt, offsetAt, type SourceNode, type SourcePath } from './source-node.ts';

type Issue = z.core.$ZodIssue;

/** Says more about a key that is not known here, such as where it would be. */
export type UnknownKeyHint = (key: string) => string | undefined;

/**
 * Checks a map against a form. Every problem is added to `problems`; what is returned are the entries that are as the form
 * wants them, so that reading goes on and finds the problems of the rest, too.
 */
export function checkForm<Form extends z.ZodObject>(
  form: Form,
  node: SourceNode,
  problems: ProblemList,
  unknownKeyHint: UnknownKeyHint = () => undefined,
): Partial<z.infer<Form>> {
  if (!isJsonObject(node.value)) {
    problems.add({ code: 'VALUE_TYPE', at: node.at, message: `a map is needed here; found ${found(node.value)}` });
    return {};
  }
  const result = form.safeParse(node.value);
  if (result.success) return node.value as Partial<z.infer<Form>>;
  const broken = new Set<PropertyKey>();
  // the schema library counts the characters of a text where a list is wanted: that it is no list says it all
  const mistyped = new Set(result.error.issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => path.join('/')));
  for (const issue of result.error.issues) {
    if (issue.code === 'too_small' && mistyped.has(issue.path.join('/'))) continue;
    for (const problem of problemsOf(issue, form, node, unknownKeyHint)) problems.add(problem);
    for (const key of issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : issue.path.slice(0, 1)) broken.add(key);
  }
  const kept: Record<string, Json | undefined> = {};
  for (const [key, value] of Object.entries(node.value as JsonObject)) if (!broken.has(key)) kept[key] = value;
  return kept as Partial<z.infer<Form>>;
}

function problemsOf(issue: Issue, form: z.ZodType, node: SourceNode, unknownKeyHint: UnknownKeyHint): Problem[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const place = nodeAt(node, path);
  const at = offsetAt(node, path);
  const label = labelOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, form, node, unknownKeyHint(key)));
    case 'invalid_type':
      if (place === undefined) return [{ code: 'KEY_MISSING', at, message: `${label} is missing; it must be ${wanted(issue.expected)}` }];
      return [{ code: 'VALUE_TYPE', at, message: `${label} must be ${wanted(issue.expected)}; found ${found(place.value)}` }];
    case 'invalid_union':
      return unionProblems(issue, form, node, unknownKeyHint);
    case 'invalid_value': {
      if (place === undefined)
        return [{ code: 'KEY_MISSING', at, message: `${label} is missing; it must be ${issue.values.join(' or ')}` }];
      const choices = issue.values.map(String);
      const closest = nearest(String(place.value), choices);
      const hint = choiceWithValue(path, place.value, choices) ?? (closest === null ? undefined : `did you mean "${closest}"?`);
      return [{ code: 'VALUE_UNKNOWN', at, message: `${label} must be one of ${choices.join(', ')}; found ${found(place.value)}`, hint }];
    }
    case 'too_small':
    case 'too_big':
      return [{ code: 'VALUE_RANGE', at, message: `${label} ${rangeOf(issue)}; found ${found(place?.value)}` }];
    case 'not_multiple_of':
      return [{ code: 'VALUE_RANGE', at, message: `${label} must be a whole number; found ${found(place?.value)}` }];
    case 'invalid_key': {
      const within = path.slice(0, -1);
      const message = `${labelOf(within)} cannot have the key ${quoted(String(path.at(-1)))}`;
      return [{ code: 'VALUE_UNKNOWN', at: offsetAt(node, path, 'key'), message, hint: issue.issues[0]?.message }];
    }
    case 'invalid_format': {
      if (issue.format !== 'regex' || !/^(?:id|name)$/u.test(String(path.at(-1)))) {
        const hint = /^Invalid/u.test(issue.message) ? undefined : issue.message;
        return [{ code: 'VALUE_UNKNOWN', at, message: `${label} cannot be ${found(place?.value)}`, hint }];
      }
      const hint = 'use letters, digits, "_", "-", "." and ":"; put readable text into "name"';
      return [{ code: 'ID_INVALID', at, message: `${found(place?.value)} cannot be a step id`, hint }];
    }
    default:
      return [{ code: 'VALUE_TYPE', at, message: `${label}: ${issue.message}` }];
  }
}

/** What is wrong with a value of which there are several forms: by the one that it comes closest to. */
function unionProblems(
  issue: Issue & { code: 'invalid_union' },
  form: z.ZodType,
  node: SourceNode,
  unknownKeyHint: UnknownKeyHint,
): Problem[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const place = nodeAt(node, path);
  const isName = typeof place?.value === 'string';
  const branch =
    issue.errors.find(
      (issues) => issues.length > 0 && issues.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
    ) ?? issue.errors.find(([inner, ...more]) => isName && inner?.code === 'invalid_value' && more.length === 0);
  if (branch !== undefined) {
    return branch.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, form, node, unknownKeyHint));
  }
  const at = offsetAt(node, path);
  if (place === undefined) return [{ code: 'KEY_MISSING', at, message: `${labelOf(path)} is missing; it ${issue.message}` }];
  return [{ code: 'VALUE_TYPE', at, message: `${labelOf(path)} ${issue.message}; found ${found(place.value)}` }];
}

/** For `wait_for: {quorum: 2}`: the choice and what belongs to it are two keys. */
function choiceWithValue(path: SourcePath, value: unknown, choices: readonly string[]): string | null {
  const [[choice, more] = ['', null], ...others] = isJsonObject(value) ? Object.entries(value) : [];
  if (others.length > 0 || !choices.includes(choice)) return null;
  return `write ${String(path.at(-1))}: ${choice} and ${choice}: ${typeof more === 'object' ? '…' : String(more)}`;
}

function unknownKey(key: string, path: SourcePath, form: z.ZodType, node: SourceNode, more: string | undefined): Problem {
  const known = keysAt(form, path);
  const closest = meantKey(key, known);
  const hint = more ?? (closest === null ? `known here: ${known.join(', ')}` : `did you mean "${closest}"?`);
  const place = path.length === 0 ? '' : ` in ${labelOf(path)}`;
  return { code: 'KEY_UNKNOWN', at: offsetAt(node, [...path, key], 'key'), message: `unknown key ${quoted(key)}${place}`, hint };
}

/** The keys that a form knows at a path. */
function keysAt(form: z.core.$ZodType, path: SourcePath): string[] {
  if (form instanceof z.ZodOptional) return keysAt(form.unwrap(), path);
  if (form instanceof z.ZodArray && path.length > 0) return keysAt(form.element, path.slice(1));
  if (form instanceof z.ZodRecord && path.length > 0) return keysAt(form.valueType, path.slice(1));
  if (form instanceof z.ZodUnion) return form.options.flatMap((option) => keysAt(option, path));
  if (!(form instanceof z.ZodObject)) return [];
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(form.shape);
  const inner: z.core.$ZodType | undefined = form.shape[String(first)];
  return inner === undefined ? [] : keysAt(inner, rest);
}

function labelOf(path: SourcePath): string {
  let label = '';
  for (const key of path) label += typeof key === 'number' ? `[${key}]` : `${label === '' ? '' : '.'}${key}`;
  return quoted(label);
}

const KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function wanted(expected: string): string {
  return KINDS[expected] ?? expected;
}

/** A value as messages show it: short scalars as they are, everything else by its kind. */
export function found(value: Json | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) ? (value.length === 0 ? 'an empty list' : 'a list') : 'a map';
}

function rangeOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === 'too_small';
  const limit = Number(small ? issue.minimum : issue.maximum);
  const amount = small ? (issue.inclusive === false ? `more than ${limit}` : `at least ${limit}`) : `at most ${limit}`;
  if (issue.origin === 'string') return limit === 1 && small ? 'must not be empty' : `must have ${amount} characters`;
  return issue.origin === 'array' ? `must have ${amount} ${limit === 1 ? 'entry' : 'entries'}` : `must be ${amount}`;
}
