/**
 * A reference stands for a value that only exists in a run: an input, a variable, the output of an earlier step. The builder hands
 * references to callbacks, typed like the values themselves; what comes back is written down as templates. So a workflow stays
 * plain JSON, and no callback ever runs inside a run.
 */
import { TroupeError } from '../protocol/errors.ts';
import { isForbiddenName } from './own-data.ts';

const SOURCE: unique symbol = Symbol('source');
declare const VALUE: unique symbol;

/** What every reference is, whatever it stands for. In a template string (`${reference}`) it becomes its template. */
export interface AnyReference {
  readonly [SOURCE]: string;
}

/** A reference to a value of type T; its members are references, too. */
export type Reference<T = unknown> = AnyReference & { readonly [VALUE]?: T } & Members<T>;

/** Of a value of which nothing is known, any member may be asked for. */
interface AnyMembers {
  readonly [key: string]: Reference;
}

type Members<T> = unknown extends T ? AnyMembers : KnownMembers<NonNullable<T>>;

type KnownMembers<T> = T extends readonly (infer Item)[]
  ? { readonly [index: number]: Reference<Item>; readonly length: Reference<number> }
  : T extends object
    ? { readonly [Key in keyof T]-?: Reference<T[Key]> }
    : unknown;

/** A JSON value with references in it. */
export type WithReferences =
  | null
  | boolean
  | number
  | string
  | AnyReference
  | readonly WithReferences[]
  | { readonly [key: string]: WithReferences | undefined };

/** A value of type T, all or parts of which may be references to values of the right type; texts may hold templates. */
export type Given<T> = unknown extends T
  ? WithReferences
  :
      | (AnyReference & { readonly [VALUE]?: T })
      | (T extends string ? string : T extends object ? { readonly [Key in keyof T]: Given<T[Key]> } : T);

/** The type a value has once its references are replaced by what they stand for. */
export type Resolved<T> = T extends { readonly [VALUE]?: infer Value } & AnyReference
  ? Value
  : T extends string
    ? string
    : T extends number
      ? number
      : T extends boolean
        ? boolean
        : T extends object
          ? { -readonly [Key in keyof T]: Resolved<T[Key]> }
          : T;

/** The types of named values once their references are replaced. */
export type ResolvedMap<T> = { -readonly [Key in keyof T]: Resolved<T[Key]> };

/**
 * A reference with an expression of the native dialect. Its members lengthen the expression. Throws DEFINITION_INVALID when it is
 * used in a way that cannot be written down: spread, calculated with, or asked for a forbidden member.
 */
export function reference<T>(expression: string): Reference<T> {
  return new Proxy({}, new ReferenceTraps(expression)) as Reference<T>;
}

/** The expression a reference stands for, or null for any other value. */
export function expressionOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && SOURCE in value ? (value as AnyReference)[SOURCE] : null;
}

/** The source of a member: `a.b`, or `a['b-c']`. */
export function memberSource(of: string, name: string): string {
  if (isForbiddenName(name)) throw new TroupeError('DEFINITION_INVALID', `a reference has no member ${name}: that name is forbidden`);
  if (/^\d+$/u.test(name)) return `${of}[${name}]`;
  return /^[A-Za-z_$][\w$]*$/u.test(name) ? `${of}.${name}` : `${of}[${JSON.stringify(name)}]`;
}

class ReferenceTraps implements ProxyHandler<object> {
  private readonly expression: string;

  constructor(expression: string) {
    this.expression = expression;
  }

  get(_target: object, name: string | symbol): unknown {
    if (name === SOURCE) return this.expression;
    if (name === Symbol.toPrimitive) return (hint: string) => this.primitive(hint);
    if (typeof name === 'symbol') return undefined;
    return reference(memberSource(this.expression, name));
  }

  has(_target: object, name: string | symbol): boolean {
    return name === SOURCE;
  }

  ownKeys(): never {
    throw misused(this.expression, 'cannot be spread or enumerated: it has no value before the run');
  }

  private primitive(hint: string): string {
    if (hint === 'number') throw misused(this.expression, 'cannot be calculated with: it has no value before the run');
    return `{{${this.expression}}}`;
  }
}

function misused(expression: string, what: string): TroupeError {
  const hint = 'use the reference itself, one of its members, or a template string';
  return new TroupeError('DEFINITION_INVALID', `a reference to ${expression} ${what}`, { hint });
}
