import type { AnyNode } from 'acorn';
import { parseExpression } from './expression-parser.ts';
import { unwrapped } from './expression-syntax.ts';

/**
 * How many items the list has that an expression writes out, as in `[1, 2, 3]`; `none` for a literal that is no list (`3`, `"a"`, `{}`);
 * null where the value is only known in a run, or the text is no expression.
 */
export function statedItems(text: string): number | 'none' | null {
  const node = parsed(text);
  if (node === null) return null;
  if (node.type === 'ArrayExpression') return node.elements.length;
  return node.type === 'Literal' || node.type === 'TemplateLiteral' || node.type === 'ObjectExpression' ? 'none' : null;
}

function parsed(text: string): AnyNode | null {
  try {
    return unwrapped(parseExpression({ text, source: text, start: 0 }));
  } catch {
    return null;
  }
}
