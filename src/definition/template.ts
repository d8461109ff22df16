import { TroupeError } from '../protocol/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { CompilationCache } from './compilation-cache.ts';
import { compileEngineTemplate } from './engine-template.ts';
import { compileNativeTemplate } from './native-template.ts';
import type { Dialect, Scope } from './workflow.ts';

type Render = (scope: Scope) => Json;

const COMPILED: Readonly<Record<Dialect, CompilationCache<Render>>> = { native: new CompilationCache(), engine: new CompilationCache() };

/** Values may nest this deep; a file may only nest 64 deep. */
const MAX_DEPTH = 256;

/**
 * Compiles a value with templates in its texts, to be rendered over many scopes. A value without any is returned as it is, every time.
 *
 * Native dialect (`{{ … }}`): throws TroupeError TEMPLATE_FAILED, here for a template that cannot be read, and when rendered;
 * the cause is the expression's error. Engine dialect (`${…}`): unresolved expressions stay as they are written.
 * Throws TEMPLATE_FAILED in both for a value nested more than 256 deep.
 */
export function compileTemplate(value: Json, dialect: Dialect): Render {
  return compileValue(value, dialect, 0) ?? (() => value);
}

/** Renders the templates in a value once. Default dialect: native. Errors as with `compileTemplate`. */
export function renderTemplate(value: Json, scope: Scope, options: { readonly dialect?: Dialect } = {}): Json {
  return compileTemplate(value, options.dialect ?? 'native')(scope);
}

function compileValue(value: Json | undefined, dialect: Dialect, depth: number): Render | null {
  if (typeof value === 'string') return compileText(value, dialect);
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH)
    throw new TroupeError('TEMPLATE_FAILED', `a value with templates may nest ${MAX_DEPTH} deep; this one is deeper`, { retryable: false });
  return isJsonObject(value) ? compileMembers(value, dialect, depth) : compileElements(value, dialect, depth);
}

function compileText(text: string, dialect: Dialect): Render | null {
  const marked = text.includes(dialect === 'native' ? '{{' : '${');
  return marked ? COMPILED[dialect].get(text, dialect === 'native' ? compileNativeTemplate : compileEngineTemplate) : null;
}

function compileElements(list: readonly Json[], dialect: Dialect, depth: number): Render | null {
  const renders = list.map((item) => compileValue(item, dialect, depth + 1));
  if (renders.every((render) => render === null)) return null;
  return (scope) =>
    list.map((item, index) => {
      const render = renders[index] ?? null;
      return render === null ? item : render(scope);
    });
}

function compileMembers(object: JsonObject, dialect: Dialect, depth: number): Render | null {
  const members = Object.entries(object).map(([name, value]) => ({ name, value, render: compileValue(value, dialect, depth + 1) }));
  if (members.every(({ render }) => render === null)) return null;
  return (scope) => Object.fromEntries(members.map(({ name, value, render }) => [name, render === null ? value : render(scope)]));
}
