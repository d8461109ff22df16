/** TypeScript source as a tree. The parser is the one vitest brings along: TypeScript 7 no longer offers its own to JavaScript. */
import { parseAst } from 'vitest/node';

export interface SyntaxNode {
  readonly type: string;
  /** Offsets into the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const trees = new Map<string, SyntaxNode>();

/** Parses a TypeScript text. Throws on a syntax error. */
export function parse(text: string): SyntaxNode {
  let tree = trees.get(text);
  if (tree === undefined) {
    tree = parseAst(text, { lang: 'ts' }) as unknown as SyntaxNode;
    trees.set(text, tree);
  }
  return tree;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;
}

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}

/** A node and everything below it, depth first. */
export function* everyNode(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of childrenOf(node)) yield* everyNode(child);
}

/** The value of a string literal or of a template without holes; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Literal' && typeof value.value === 'string') return value.value;
  if (value.type !== 'TemplateLiteral' || !Array.isArray(value.quasis) || value.quasis.length !== 1) return undefined;
  return value.quasis[0]?.value?.cooked;
}

/** The name of an identifier, of a member's property, or of a key; undefined for anything else. */
export function nameOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Identifier') return String(value.name);
  if (value.type === 'MemberExpression') return nameOf(value.property);
  return textOf(value);
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

const IMPORTING = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType']);

export interface ImportSite {
  readonly specifier: string;
  readonly line: number;
}

/** Everything a text imports: values and types, static and dynamic, re-exports and `import('…')` types. */
export function importsOf(text: string): ImportSite[] {
  const sites: ImportSite[] = [];
  for (const node of everyNode(parse(text))) {
    const specifier = IMPORTING.has(node.type) ? textOf(node.source) : undefined;
    if (specifier !== undefined) sites.push({ specifier, line: lineAt(text, node.start) });
  }
  return sites;
}
