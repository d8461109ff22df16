import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';

/** The entries of a map of a file that are as its form wants them. */
export type Entries = Readonly<Record<string, Json | undefined>>;

/** The value where it is a text. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value where it is a number. */
export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The value where it is a map, else an empty one. */
export function mapOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The texts of a value that is one text or a list of them; of anything else, none. */
export function namesOf(value: Json | undefined): string[] {
  return [value ?? []].flat().filter((name): name is string => typeof name === 'string');
}

/** A condition as source text. */
export function conditionOf(value: Json | undefined): string | undefined {
  return typeof value === 'boolean' ? String(value) : textOf(value);
}

type Given<Map> = { [Key in keyof Map as undefined extends Map[Key] ? never : Key]: Map[Key] } & {
  [Key in keyof Map as undefined extends Map[Key] ? Key : never]?: Exclude<Map[Key], undefined>;
};

/** A map without the entries that are undefined. */
export function given<Map extends object>(map: Map): Given<Map> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as Given<Map>;
}
