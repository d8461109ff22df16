/** What can be seen of a machine in its source: the object given to `createMachine`, and the names spoken outside of it. */
import type { SourceFile } from './source-tree.ts';
import { childrenOf, everyNode, isNode, lineAt, nameOf, parse, type SyntaxNode, textOf } from './syntax.ts';

const FUNCTIONS = new Set(['ArrowFunctionExpression', 'FunctionExpression']);
const MAPPERS = new Set(['context', 'output', 'input']);
const MAKERS = new Set(['createMachine', 'createStateConfig']);

const unwrapped = (node: unknown): unknown =>
  isNode(node) && (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') ? unwrapped(node.expression) : node;

/** The calls that make a machine (or a piece of one) in a text. */
function makings(text: string): SyntaxNode[] {
  return [...everyNode(parse(text))].filter((node) => node.type === 'CallExpression' && MAKERS.has(nameOf(node.callee) ?? ''));
}

/** True for a file that makes a machine. */
export function makesMachine(text: string): boolean {
  return makings(text).length > 0;
}

/**
 * Each function written inside a machine's configuration, as `file:line: why`. Allowed are mappers whose body is one expression,
 * as the value of `context`, `output` or `input`: they shape data, they do not decide.
 */
export function inlineFunctions({ path, text }: SourceFile): string[] {
  return makings(text).flatMap((call) => {
    const config = unwrapped((call.arguments as readonly unknown[])[0]);
    if (!isNode(config) || config.type !== 'ObjectExpression')
      return [`${path}:${lineAt(text, call.start)}: the configuration is not written in place`];
    return functionsBelow(config).map((node) => `${path}:${lineAt(text, node.start)}: a function inside the configuration`);
  });
}

function functionsBelow(node: SyntaxNode): SyntaxNode[] {
  if (node.type === 'Property' && isMapper(node)) return [];
  if (FUNCTIONS.has(node.type)) return [node];
  return childrenOf(node).flatMap(functionsBelow);
}

function isMapper(property: SyntaxNode): boolean {
  const value = property.value;
  if (!MAPPERS.has(nameOf(property.key) ?? '') || property.method === true || property.kind !== 'init') return false;
  return isNode(value) && value.type === 'ArrowFunctionExpression' && isNode(value.body) && value.body.type !== 'BlockStatement';
}

/** The kinds of names that a machine defines in its setup. */
export type NameKind = 'actions' | 'guards' | 'delays' | 'actors';

export interface SpokenName {
  readonly kind: NameKind;
  readonly name: string;
  readonly line: number;
}

// By the function that takes the name as its first argument: `spawn('step', …)`, `enqueue('recordResult')`, `not('isPaused')`.
const SPOKEN_TO: Readonly<Record<string, NameKind>> = {
  spawn: 'actors',
  spawnChild: 'actors',
  enqueue: 'actions',
  check: 'guards',
  not: 'guards',
  and: 'guards',
  or: 'guards',
};

/**
 * Names of a machine's own actions, guards, delays and actors that are spoken as texts: XState looks them up only when the moment
 * comes, and says nothing when an action is missing.
 */
export function spokenNames(text: string): SpokenName[] {
  const spoken: SpokenName[] = [];
  const say = (kind: NameKind, value: unknown): void => {
    const name = textOf(value);
    if (isNode(value) && name !== undefined) spoken.push({ kind, name, line: lineAt(text, value.start) });
  };
  for (const node of everyNode(parse(text))) {
    if (node.type === 'Property' && nameOf(node.key) === 'delay') say('delays', node.value);
    if (node.type !== 'CallExpression') continue;
    const kind = SPOKEN_TO[nameOf(node.callee) ?? ''];
    const first = (node.arguments as readonly unknown[])[0];
    if (kind === undefined || !isNode(first)) continue;
    if (first.type === 'ArrayExpression') for (const element of first.elements as readonly unknown[]) say(kind, element);
    else say(kind, first);
  }
  return spoken;
}
