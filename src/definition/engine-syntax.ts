/**
 * The engine dialect's mini-language as a tree. It serves conditions and templates alike; what a name and a missing value
 * mean differs, and is decided where the tree is evaluated.
 */
import type { Json } from '../protocol/json.ts';

export type EngineNode =
  | { readonly kind: 'literal'; readonly value: Json }
  /** A text with `${…}` in it. */
  | { readonly kind: 'text'; readonly parts: readonly EngineTextPart[] }
  /** `a.b.c`: never empty. */
  | { readonly kind: 'path'; readonly keys: readonly [string, ...string[]] }
  | { readonly kind: 'any'; readonly of: readonly EngineNode[] }
  | { readonly kind: 'all'; readonly of: readonly EngineNode[] }
  | { readonly kind: 'not'; readonly of: EngineNode }
  | { readonly kind: 'compare'; readonly operator: EngineComparison; readonly left: EngineNode; readonly right: EngineNode }
  | { readonly kind: 'sum'; readonly operator: '+' | '-'; readonly left: EngineNode; readonly right: EngineNode }
  | { readonly kind: 'choice'; readonly test: EngineNode; readonly then: EngineNode; readonly otherwise: EngineNode }
  | { readonly kind: 'call'; readonly method: EngineMethod; readonly on: EngineNode; readonly args: readonly EngineNode[] }
  | { readonly kind: 'list'; readonly of: readonly EngineNode[] }
  | { readonly kind: 'map'; readonly of: readonly (readonly [string, EngineNode])[] };

/** A stretch of a text: as it is, or an expression with its own writing, which stays when it has no value. */
export type EngineTextPart = string | EngineExpressionPart;

export interface EngineExpressionPart {
  readonly written: string;
  readonly node: EngineNode;
  /** What stands for a value that is missing or false in JavaScript's sense. */
  readonly insteadOfFalse?: Json;
}

export type EngineComparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

const METHODS = ['includes', 'startsWith', 'endsWith', 'toUpperCase', 'toLowerCase', 'trim', 'join'] as const;

export type EngineMethod = (typeof METHODS)[number];

/** The method of that name, or null. */
export function engineMethod(name: string): EngineMethod | null {
  return METHODS.find((method) => method === name) ?? null;
}

/** True for nodes that answer yes or no, so that a `no` before `||` asks on instead of being the value. */
export function isQuestion(node: EngineNode): boolean {
  if (node.kind === 'call') return node.method === 'includes' || node.method === 'startsWith' || node.method === 'endsWith';
  if (node.kind === 'any' || node.kind === 'all') return node.of.every(isQuestion);
  return node.kind === 'compare' || node.kind === 'not';
}
