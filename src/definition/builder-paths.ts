import { refused } from './builder-refusal.ts';
import { parsePath } from './data-path.ts';
import { isForbiddenName } from './own-data.ts';
import { type AnyReference, expressionOf, type Reference, reference } from './reference.ts';

/** One member in the source of a reference: `.name`, `[0]`, `["odd name"]`. */
const MEMBER = /\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/uy;

/**
 * The root of a reference and the members behind it: `steps.plan.files[0]` is `steps` and `plan, files, 0`. Null where the reference is
 * more than a plain path: a comparison, a fallback.
 */
export function referencePath(given: AnyReference | undefined): { readonly root: string; readonly path: readonly string[] } | null {
  const source = expressionOf(given) ?? '';
  const root = /^[A-Za-z_]\w*/u.exec(source)?.[0];
  if (root === undefined) return null;
  const path: string[] = [];
  MEMBER.lastIndex = root.length;
  while (MEMBER.lastIndex < source.length) {
    const found = MEMBER.exec(source);
    if (found === null) return null;
    const [, name, index, text] = found;
    path.push(name ?? index ?? String(JSON.parse(text ?? '""')));
  }
  return { root, path };
}

/** Points at a part of a value that is not there yet: an answer, an output. */
export type PartOf<Value> = (value: Reference<Value>) => AnyReference | undefined;

/** The members that a callback picks of a value. Throws DEFINITION_INVALID for anything but a plain path of it. */
export function pickedPath(pick: (value: never) => AnyReference | undefined, place: string): readonly string[] {
  const found = referencePath(pick(reference('value') as never));
  if (found?.root === 'value') return found.path;
  throw refused(
    'VALUE_UNKNOWN',
    `${place} is not a part of the value that the callback is given`,
    'return that value or one of its members',
  );
}

/** The members of a text path: `report.findings`, `files[0]`. Throws DEFINITION_INVALID for what is none. */
export function textPath(text: string, place: string): readonly string[] {
  const path = parsePath(text);
  if (path !== null && path.length > 0 && !path.some(isForbiddenName)) return path;
  throw refused(
    'VALUE_UNKNOWN',
    `${place} is not a path: ${JSON.stringify(text)}`,
    'write names with dots between them: "report.findings"',
  );
}
