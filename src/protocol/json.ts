/** Plain JSON: the only data that facts, effects, outputs and variables are made of. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object with unknown keys. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** True for a JSON object, false for null, arrays and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
