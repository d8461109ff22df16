import type { AnyNode } from 'acorn';
import { expressionFailure, type Site } from './expression-error.ts';
import type { Evaluate } from './expression-frame.ts';

/** What an expression mentions by name, where its source states the name. */
export interface References {
  /** Root names: `variables`, `steps`, …, and bare variable names. */
  readonly names: Set<string>;
  /** Variables, however they are reached. */
  readonly variables: Set<string>;
  /** Steps whose outputs are read. */
  readonly steps: Set<string>;
  /** Keys of the shared context. */
  readonly shared: Set<string>;
}

/** A compilation on its way, as the parts of the compiler see it. */
export interface Compiling {
  readonly references: References;
  /** Parameters of the arrow functions around the current node, and their slots. */
  readonly locals: ReadonlyMap<string, number>;
  /** Roots that may be unknown because the source says what to use instead: `x ?? 1`. */
  readonly tolerated: Set<AnyNode>;
  /** Compiles a node of the language. Throws EXPRESSION_INVALID or EXPRESSION_LIMIT. */
  compile(node: AnyNode): Evaluate;
  /** Compiles the body of an arrow function with its parameters; `cost` is what one turn of it costs. */
  compileBody(
    node: AnyNode,
    parameters: readonly string[],
  ): { readonly body: Evaluate; readonly slots: readonly number[]; readonly cost: number };
  /** Says that the value may hold lists or objects made by the expression, rather than data of the scope alone. */
  noteData(): void;
  /** Where a node stands. */
  site(node: AnyNode): Site;
  /** A node as it is written, shortened. */
  written(node: AnyNode): string;
  /** How an already compiled node is evaluated. */
  compiled(node: AnyNode): Evaluate | undefined;
}

/** Throws EXPRESSION_INVALID: this may not stand in an expression. */
export function refuse(compiling: Compiling, node: AnyNode, what: string, hint?: string): never {
  return expressionFailure('EXPRESSION_INVALID', compiling.site(node), what, hint);
}
