/**
 * Turns a parsed expression into a closure that evaluates it over a scope.
 *
 * It is an allow-list: a node of a kind not named in `dispatch` is refused. Values are data only: own properties, no getters,
 * no functions, no prototypes. Depth is limited while compiling, work and sizes while evaluating. Nothing of the scope is changed.
 */
import type { AnyNode, BinaryExpression, Expression, UnaryExpression } from 'acorn';
import { compileCall } from './expression-calls.ts';
import { compileConditional, compileLogical, tolerateMissing } from './expression-choices.ts';
import { type Compiling, type References, refuse } from './expression-compiling.ts';
import { compileList, compileLiteral, compileObject, compileTextLiteral } from './expression-construction.ts';
import { expressionFailure, type Site } from './expression-error.ts';
import type { Evaluate } from './expression-frame.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { compileChain, compileMember } from './expression-members.ts';
import { BINARY_OPERATIONS, UNARY_OPERATIONS } from './expression-operators.ts';
import { type ExpressionText, parseExpression } from './expression-parser.ts';
import { compileRoot } from './expression-roots.ts';
import { insteadOf, nodeInWords, unwrapped } from './expression-syntax.ts';

/** A compiled expression. */
export interface CompiledExpression {
  readonly evaluate: Evaluate;
  readonly root: Expression;
  /** True when its value may hold lists or objects it made itself, rather than data of the scope. */
  readonly makesData: boolean;
  readonly compiling: Compiling;
}

/** Compiles one expression. Throws EXPRESSION_INVALID or EXPRESSION_LIMIT with the place; never looks at a scope. */
export function compileExpression(piece: ExpressionText): CompiledExpression {
  const root = parseExpression(piece);
  const compiler = new Compiler(piece);
  const evaluate = compiler.compile(root);
  return { evaluate, root, makesData: compiler.makesData, compiling: compiler };
}

class Compiler implements Compiling {
  readonly references: References = { names: new Set(), variables: new Set(), steps: new Set(), shared: new Set() };
  readonly tolerated: Set<AnyNode> = new Set();
  locals: ReadonlyMap<string, number> = new Map();
  makesData = false;
  readonly #piece: ExpressionText;
  readonly #done: WeakMap<AnyNode, Evaluate> = new WeakMap();
  #slots = 0;
  #nodes = 0;
  #depth = 0;

  constructor(piece: ExpressionText) {
    this.#piece = piece;
  }

  compile(wrapped: AnyNode): Evaluate {
    const node = unwrapped(wrapped);
    this.#nodes += 1;
    this.#depth += 1;
    if (this.#depth > EXPRESSION_LIMITS.depth) {
      expressionFailure('EXPRESSION_LIMIT', this.site(node), `the expression is nested more than ${EXPRESSION_LIMITS.depth} deep`);
    }
    const evaluate = this.#dispatch(node);
    this.#depth -= 1;
    this.#done.set(node, evaluate);
    return evaluate;
  }

  compileBody(node: AnyNode, parameters: readonly string[]): { body: Evaluate; slots: number[]; cost: number } {
    const outer = this.locals;
    const slots = parameters.map(() => this.#slots++);
    this.locals = new Map([...outer, ...parameters.map((name, index) => [name, slots[index] ?? 0] as const)]);
    const before = this.#nodes;
    const body = this.compile(node);
    this.locals = outer;
    return { body, slots, cost: this.#nodes - before };
  }

  noteData(): void {
    this.makesData = true;
  }

  site(node: AnyNode): Site {
    return { source: this.#piece.source, offset: this.#piece.start + node.start };
  }

  written(node: AnyNode): string {
    const text = this.#piece.text.slice(node.start, node.end);
    return text.length > 60 ? `${text.slice(0, 57)}…` : text;
  }

  compiled(node: AnyNode): Evaluate | undefined {
    return this.#done.get(unwrapped(node));
  }

  #dispatch(node: AnyNode): Evaluate {
    switch (node.type) {
      case 'Literal':
        return compileLiteral(this, node);
      case 'Identifier':
        return compileRoot(this, node);
      case 'MemberExpression':
        return compileMember(this, node);
      case 'ChainExpression':
        return compileChain(this, node);
      case 'CallExpression':
        return compileCall(this, node);
      case 'LogicalExpression':
        return compileLogical(this, node);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'UnaryExpression':
        return this.#unary(node);
      case 'ConditionalExpression':
        return compileConditional(this, node);
      case 'TemplateLiteral':
        return compileTextLiteral(this, node);
      case 'ArrayExpression':
        return compileList(this, node);
      case 'ObjectExpression':
        return compileObject(this, node);
      default:
        return refuse(this, node, `${nodeInWords(node)} is not part of the language`, insteadOf(node));
    }
  }

  #unary(node: UnaryExpression): Evaluate {
    const { operator, argument } = node;
    const operation = UNARY_OPERATIONS.get(operator);
    if (operation === undefined) return refuse(this, node, `the operator ${operator} is not part of the language`);
    if (operator === 'typeof') tolerateMissing(this, argument);
    const value = this.compile(argument);
    const site = this.site(argument);
    return (frame) => operation(value(frame), site);
  }

  #binary(node: BinaryExpression): Evaluate {
    const operation = BINARY_OPERATIONS.get(node.operator);
    if (operation === undefined) return refuse(this, node, `the operator ${node.operator} is not part of the language`);
    const left = this.compile(node.left);
    const right = this.compile(node.right);
    const site = this.site(node);
    return (frame) => operation(left(frame), right(frame), site, frame);
  }
}
