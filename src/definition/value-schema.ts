/** Values against what is declared of them. */
import * as z from 'zod';
import { TroupeError } from '../protocol/errors.ts';
import type { ValidationIssue } from '../protocol/facts.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { nearest } from './nearest-name.ts';
import { preparedSchema } from './prepared-schema.ts';
import { issuesInWords } from './validation-issues.ts';
import type { ValueDeclaration } from './workflow.ts';

/** Issues that are told of one value; the first ones say enough. */
const MOST_ISSUES = 20;

/** Finds what is wrong with a value: nothing, or at most 20 issues. */
export type ValueCheck = (value: Json) => readonly ValidationIssue[];

const known = new WeakMap<JsonObject, ValueCheck>();

/**
 * Makes a check of a JSON Schema (2020-12, or draft-07; local references), once for each schema object. Issues have the JSON pointer of the
 * place and a clause for people. Throws TroupeError DEFINITION_INVALID with the reason for a schema that cannot be read, `not`,
 * `if` and `dependentSchemas` among them.
 */
export function schemaChecker(schema: JsonObject): ValueCheck {
  let check = known.get(schema);
  if (check === undefined) {
    const type = typeOf(schema);
    check = (value) => {
      const { error } = type.safeParse(value);
      return error === undefined ? [] : issuesInWords(error.issues, value).slice(0, MOST_ISSUES);
    };
    known.set(schema, check);
  }
  return check;
}

function typeOf(schema: JsonObject): z.ZodType {
  // Local references are looked for in one place only, which has another name in older drafts.
  const defaultTarget = schema.definitions !== undefined && schema.$defs === undefined ? 'draft-7' : 'draft-2020-12';
  try {
    const prepared = preparedSchema(schema) as Parameters<typeof z.fromJSONSchema>[0];
    return z.fromJSONSchema(prepared, { defaultTarget, registry: z.registry() });
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): TroupeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TroupeError('DEFINITION_INVALID', `the JSON Schema cannot be read: ${reason}`, { cause, retryable: false });
}

/**
 * Checks named values against their declarations: what is required must be there, what is there must meet its schema. Gives the values with
 * the defaults of those that are not there; values nobody declared stay as they are. Throws as `schemaChecker` does.
 */
export function checkDeclared(
  declarations: Readonly<Record<string, ValueDeclaration>>,
  values: JsonObject,
): { values: JsonObject; issues: readonly ValidationIssue[] } {
  const issues: ValidationIssue[] = [];
  const defaults: [string, Json][] = [];
  const isGiven = (name: string) => Object.hasOwn(values, name) && values[name] !== undefined;
  for (const [name, { schema, required, default: standIn }] of Object.entries(declarations)) {
    const value = isGiven(name) ? values[name] : undefined;
    const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (value === undefined) {
      if (standIn !== undefined) defaults.push([name, standIn]);
      else if (required) issues.push({ path, message: `is missing${meant(name, declarations, values)}` });
    } else if (schema !== undefined) {
      for (const issue of schemaChecker(schema)(value)) issues.push({ path: `${path}${issue.path}`, message: issue.message });
    }
  }
  return { values: { ...values, ...Object.fromEntries(defaults) }, issues: issues.slice(0, MOST_ISSUES) };
}

function meant(name: string, declarations: object, values: JsonObject): string {
  const close = nearest(
    name,
    Object.keys(values).filter((given) => !Object.hasOwn(declarations, given)),
  );
  return close === null ? '' : `; ${close} is given: did you mean that?`;
}
