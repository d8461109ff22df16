/** Where an exported name is defined, and whether it says what it is. */
import { posix } from 'node:path';
import { isNode, nameOf, parse, type SyntaxNode, textOf } from './syntax.ts';

/** Reads a file of the project; null when there is none of that path. */
export type ReadFile = (path: string) => string | null;

export interface ExportedName {
  readonly name: string;
  /** The file that is asked for it. */
  readonly file: string;
}

const nodesIn = (value: unknown): SyntaxNode[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** The names a file exports, its own and re-exported ones. */
export function exportedNames(file: string, read: ReadFile): ExportedName[] {
  return nodesIn(parse(read(file) ?? '').body).flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration') return [];
    const names = [...nodesIn(node.specifiers).map((each) => nameOf(each.exported)), ...declaredNames(node.declaration)];
    return names.filter((name) => name !== undefined).map((name) => ({ name, file }));
  });
}

function declaredNames(declaration: unknown): (string | undefined)[] {
  if (!isNode(declaration)) return [];
  return declaration.type === 'VariableDeclaration'
    ? nodesIn(declaration.declarations).map((each) => nameOf(each.id))
    : [nameOf(declaration.id)];
}

const hasDocstring = (text: string, node: SyntaxNode): boolean => {
  const before = text.slice(0, node.start).trimEnd();
  return before.endsWith('*/') && before.slice(before.lastIndexOf('/*')).startsWith('/**');
};

/** Where a file gets a name from that it does not define: another file, or a name of its own (`export { own as name }`). */
function originOf(name: string, body: readonly SyntaxNode[]): { readonly from: string | undefined; readonly name: string } | null {
  for (const node of body) {
    const imports = node.type === 'ImportDeclaration';
    const each = nodesIn(node.specifiers).find((specifier) => nameOf(imports ? specifier.local : specifier.exported) === name);
    const origin = each && nameOf(imports ? (each.imported ?? each.local) : each.local);
    if (origin !== undefined && (node.source || origin !== name)) return { from: textOf(node.source), name: origin };
  }
  return null;
}

/** Follows a name through re-exports and imports to its definition. True when that has a docstring right before it. */
export function isDocumented(name: string, file: string, read: ReadFile): boolean {
  const text = read(file);
  if (text === null) return false;
  const body = nodesIn(parse(text).body);
  const declared = body.find((node) => declaredNames(node).includes(name) || declaredNames(node.declaration).includes(name));
  if (declared !== undefined) return hasDocstring(text, declared);
  const origin = originOf(name, body);
  if (origin === null) return false;
  if (origin.from === undefined) return isDocumented(origin.name, file, read);
  // Another library's export is documented there.
  return !origin.from.startsWith('.') || isDocumented(origin.name, posix.join(posix.dirname(file), origin.from), read);
}
