/**
 * What the engine dialect's tree means. `undefined` is a value that is missing; it makes comparisons false (`!=` true),
 * numbers NaN, and whole templates stay as they are written. Nothing here throws.
 */
import type { EngineLookup } from './engine-lookup.ts';
import { type EngineExpressionPart, type EngineNode, type EngineTextPart, isQuestion } from './engine-syntax.ts';
import { engineNumber, engineText, engineTruth, listText } from './engine-values.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { ownData } from './own-data.ts';
import type { Scope } from './workflow.ts';

type NodeOf<Kind extends EngineNode['kind']> = Extract<EngineNode, { kind: Kind }>;

/** Evaluates trees over one scope, with the names of conditions or of templates. */
export class EngineEvaluation {
  readonly #scope: Scope;
  readonly #lookup: EngineLookup;

  constructor(scope: Scope, lookup: EngineLookup) {
    this.#scope = scope;
    this.#lookup = lookup;
  }

  /** Whether a condition holds. */
  truth(node: EngineNode): boolean {
    if (node.kind === 'any') return node.of.some((part) => this.truth(part));
    if (node.kind === 'all') return node.of.every((part) => this.truth(part));
    if (node.kind === 'not') return !this.truth(node.of);
    return engineTruth(this.value(node));
  }

  /** The value of an expression; undefined when it has none. */
  value(node: EngineNode): unknown {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'text':
        return this.text(node.parts);
      case 'path':
        return this.#lookup(this.#scope, node.keys);
      case 'any':
        return this.#firstGiven(node);
      case 'all':
        return this.#lastTrue(node);
      case 'not':
        return !this.truth(node.of);
      case 'compare':
        return this.#comparison(node);
      case 'sum':
        return this.#sum(node);
      case 'choice':
        return this.value(this.truth(node.test) ? node.then : node.otherwise);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
    }
  }

  /** The value of an expression inside a text. */
  part({ node, insteadOfFalse }: EngineExpressionPart): unknown {
    const value = this.value(node);
    return insteadOfFalse === undefined || value ? value : insteadOfFalse;
  }

  /** A text with its expressions replaced; one that has no value, or would make the text too long, stays as it is written. */
  text(parts: readonly EngineTextPart[]): string {
    let text = '';
    for (const part of parts) {
      const shown = typeof part === 'string' ? part : engineText(this.part(part));
      text += shown === undefined || text.length + shown.length > EXPRESSION_LIMITS.text ? writtenOf(part) : shown;
    }
    return text;
  }

  /** `||` is "the first that is not null", and when all are null there is no value, even where a literal null comes last. */
  #firstGiven({ of }: NodeOf<'any'>): unknown {
    let value: unknown;
    for (const part of of) {
      value = this.value(part);
      const denied = value === false && isQuestion(part);
      if (value !== undefined && value !== null && !denied) return value;
    }
    return value ?? undefined;
  }

  #lastTrue({ of }: NodeOf<'all'>): unknown {
    let value: unknown;
    for (const part of of) {
      value = this.value(part);
      if (!engineTruth(value)) return value;
    }
    return value;
  }

  #comparison({ operator, left, right }: NodeOf<'compare'>): boolean {
    const first = this.value(left);
    const second = this.value(right);
    if (operator === '==' || operator === '!=') {
      const numeric = isNumber(left) || isNumber(right);
      const equal = numeric ? engineNumber(first) === engineNumber(second) : same(first, second);
      return equal === (operator === '==');
    }
    const [a, b] = [engineNumber(first), engineNumber(second)];
    if (operator === '<') return a < b;
    if (operator === '<=') return a <= b;
    return operator === '>' ? a > b : a >= b;
  }

  #sum({ operator, left, right }: NodeOf<'sum'>): unknown {
    const first = this.value(left);
    const second = this.value(right);
    if (first === undefined || second === undefined) return undefined;
    if (operator === '-') return finite(engineNumber(first) - engineNumber(second));
    if (isTextual(first) || isTextual(second)) {
      const [a, b] = [engineText(first), engineText(second)];
      return a === undefined || b === undefined || a.length + b.length > EXPRESSION_LIMITS.text ? undefined : a + b;
    }
    return finite(engineNumber(first) + engineNumber(second));
  }

  #call({ method, on, args }: NodeOf<'call'>): unknown {
    const target = this.value(on);
    const [argument] = args.map((arg) => this.value(arg));
    if (Array.isArray(target)) return listCall(method, target, argument);
    const wanted = engineText(argument);
    if (method === 'includes' || method === 'startsWith' || method === 'endsWith') {
      return typeof target === 'string' && wanted !== undefined && target[method](wanted);
    }
    return typeof target === 'string' && method !== 'join' ? target[method]() : undefined;
  }

  #list({ of }: NodeOf<'list'>): unknown {
    const items = of.map((part) => this.value(part));
    return items.includes(undefined) ? undefined : items;
  }

  #map({ of }: NodeOf<'map'>): unknown {
    const members = of.map(([name, part]) => [name, this.value(part)] as const);
    return members.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(members);
  }
}

function listCall(method: NodeOf<'call'>['method'], list: readonly unknown[], argument: unknown): unknown {
  if (method === 'join') return listText(list, engineText(argument) ?? ',', 0);
  if (method !== 'includes') return undefined;
  const length = Math.min(list.length, EXPRESSION_LIMITS.items);
  for (let index = 0; index < length; index += 1) if (argument !== undefined && ownData(list, index) === argument) return true;
  return false;
}

/** Strict, but for null, which a missing value equals: both say that there is nothing. */
function same(left: unknown, right: unknown): boolean {
  return left === right || ((left === null || left === undefined) && (right === null || right === undefined));
}

function isNumber(node: EngineNode): boolean {
  return node.kind === 'literal' && typeof node.value === 'number';
}

function isTextual(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function writtenOf(part: EngineTextPart): string {
  return typeof part === 'string' ? part : part.written;
}
