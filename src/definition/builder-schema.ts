import * as z from 'zod';
import { TroupeError } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { ValueDeclaration } from './workflow.ts';

/** A value that a workflow is started with or gives back: its schema, or more. JSON Schema is taken as it is. */
export type DeclarationOption =
  | StandardSchema
  | (Partial<Omit<ValueDeclaration, 'schema'>> & { readonly schema?: StandardSchema | JsonObject });

/**
 * The JSON Schema of what comes out of a zod schema, so that it can be enforced in a run; undefined for every other schema, which is for the
 * types only. A plain object lets further members pass, as zod does; `z.custom` lets everything pass; refinements are left out. Throws
 * DEFINITION_INVALID for what no JSON value can be (dates, bigints, transformed values): a step's output is taken as it was given.
 */
export function writtenSchema(schema: StandardSchema, place: string): JsonObject | undefined {
  if (!(schema instanceof z.core.$ZodType)) return undefined;
  const written = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: ({ zodSchema, message }) => {
      if (zodSchema._zod.def.type === 'custom') return 'any';
      throw new TroupeError('DEFINITION_INVALID', `${place} is not a schema of plain JSON: ${message}`, {
        hint: 'say what the agent answers, before anything is made of it',
      });
    },
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
    },
  });
  const { $schema: _dialect, ...plain } = JSON.parse(JSON.stringify(written)) as JsonObject;
  return plain as JsonObject;
}

/** Declarations of named values: one by one, or the members of a zod object. Undefined for a schema that is for the types only. */
export function writtenDeclarations(
  given: StandardSchema | Readonly<Record<string, DeclarationOption>>,
  place: string,
): Record<string, ValueDeclaration> | undefined {
  if (!isSchema(given)) {
    return Object.fromEntries(
      Object.entries(given).map(([name, one]) => [name, writtenDeclaration(one, `${place} ${JSON.stringify(name)}`)]),
    );
  }
  if (!(given instanceof z.core.$ZodObject)) return undefined;
  return Object.fromEntries(
    Object.entries(given._zod.def.shape).map(([name, member]) => [name, memberDeclaration(member, `${place} ${JSON.stringify(name)}`)]),
  );
}

function writtenDeclaration(given: DeclarationOption, place: string): ValueDeclaration {
  if (isSchema(given)) return given instanceof z.core.$ZodType ? memberDeclaration(given, place) : { required: true };
  const { schema, ...rest } = given;
  if (schema !== undefined && isSchema(schema)) return { ...writtenDeclaration(schema, place), ...rest };
  return { ...(schema === undefined ? {} : { schema }), required: rest.default === undefined, ...rest };
}

/** A zod schema taken apart: what it lets through, whether it must be given, what stands in for it. */
function memberDeclaration(schema: z.core.$ZodType, place: string): ValueDeclaration {
  const { default: standIn, description, ...plain } = writtenSchema(schema as unknown as StandardSchema, place) ?? {};
  return {
    ...(Object.keys(plain).length === 0 ? {} : { schema: plain as JsonObject }),
    // what zod would only put in while it parses is not put in here: it must be given
    required: standIn === undefined && schema._zod.optout !== 'optional',
    ...(standIn === undefined ? {} : { default: standIn as Json }),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

function isSchema(given: object): given is StandardSchema {
  return '~standard' in given;
}
