/**
 * The language, as a list of what is allowed. Anything acorn can parse that is not named here or in the compiler is refused
 * with the words of this file.
 */
import type { AnyNode } from 'acorn';

/**
 * Names that mean the same in every expression. A variable of one of these names is reached as `variables.<name>`; one named `shared` also
 * by its bare name, where there is no shared context.
 */
export const RESERVED_ROOTS: ReadonlySet<string> = new Set(['variables', 'steps', 'shared', 'task', 'input', 'context', 'undefined']);

/** What stands under `context`. */
export const CONTEXT_MEMBERS: ReadonlySet<string> = new Set(['state', 'variables', 'steps', 'task', 'input']);

const NODE_WORDS: Readonly<Record<string, string>> = {
  ThisExpression: '`this`',
  Super: '`super`',
  NewExpression: '`new`',
  ImportExpression: '`import()`',
  MetaProperty: '`import.meta` or `new.target`',
  AwaitExpression: '`await`',
  YieldExpression: '`yield`',
  ClassExpression: 'a class',
  FunctionExpression: 'a function',
  ArrowFunctionExpression: 'an arrow function outside some, every, filter, map and find',
  AssignmentExpression: 'an assignment',
  UpdateExpression: '`++` or `--`',
  SequenceExpression: 'a comma between expressions',
  TaggedTemplateExpression: 'a tagged template',
  SpreadElement: '…spread',
  PrivateIdentifier: 'a private name',
};

/** What a node that is not allowed is, in words for a message. */
export function nodeInWords(node: AnyNode): string {
  return NODE_WORDS[node.type] ?? `a ${node.type}`;
}

/** What to write instead, where people commonly mean something that is allowed. */
export function insteadOf(node: AnyNode): string | undefined {
  if (node.type === 'AssignmentExpression' && node.operator === '=') return 'write == or === to compare';
  return undefined;
}

/** The node without the parentheses around it. */
export function unwrapped(node: AnyNode): AnyNode {
  let inner = node;
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression;
  return inner;
}

/** The name of a property where the source states it: `a.name`, `a['name']`, `a[0]`; otherwise null. */
export function statedName(node: AnyNode & { type: 'MemberExpression' }): string | null {
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
  const property = unwrapped(node.property);
  if (property.type !== 'Literal') return null;
  return typeof property.value === 'string' || typeof property.value === 'number' ? String(property.value) : null;
}
