import type { ArrayExpression, Literal, ObjectExpression, Property, TemplateLiteral } from 'acorn';
import { type Compiling, refuse } from './expression-compiling.ts';
import { boundedText, chargeText, type Evaluate } from './expression-frame.ts';
import { textOf } from './expression-text.ts';
import { isForbiddenName } from './own-data.ts';

/** Texts, numbers, booleans and null. */
export function compileLiteral(compiling: Compiling, node: Literal): Evaluate {
  const { value } = node;
  const plain = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!plain || node.bigint !== undefined || node.regex !== undefined) {
    return refuse(compiling, node, 'only texts, numbers, true, false and null are literals of the language');
  }
  return () => value;
}

/** A text with values in it: `` `a ${b}` ``. */
export function compileTextLiteral(compiling: Compiling, node: TemplateLiteral): Evaluate {
  const texts = node.quasis.map((quasi) => quasi.value.cooked ?? '');
  const values = node.expressions.map((expression) => ({ evaluate: compiling.compile(expression), site: compiling.site(expression) }));
  const site = compiling.site(node);
  return (frame) => {
    let text = texts[0] ?? '';
    for (const [index, value] of values.entries()) {
      text = boundedText(site, text + textOf(frame, value.site, value.evaluate(frame)) + (texts[index + 1] ?? ''));
    }
    chargeText(frame, site, text.length);
    return text;
  };
}

/** `[a, b]`. */
export function compileList(compiling: Compiling, node: ArrayExpression): Evaluate {
  compiling.noteData();
  const elements = node.elements.map((element) =>
    element === null ? refuse(compiling, node, 'a list may not have holes') : compiling.compile(element),
  );
  return (frame) => elements.map((element) => element(frame));
}

/** `{ a: b }`. */
export function compileObject(compiling: Compiling, node: ObjectExpression): Evaluate {
  compiling.noteData();
  const members = node.properties.map((property) => {
    if (property.type !== 'Property' || property.kind !== 'init' || property.method || property.computed) {
      return refuse(compiling, property, 'an object here holds plain members: { name: value }');
    }
    return { name: memberName(compiling, property), evaluate: compiling.compile(property.value) };
  });
  return (frame) => Object.fromEntries(members.map(({ name, evaluate }) => [name, evaluate(frame)]));
}

function memberName(compiling: Compiling, { key }: Property): string {
  if (key.type !== 'Identifier' && key.type !== 'Literal')
    return refuse(compiling, key, 'a member of an object is named by a word or a text');
  const name = key.type === 'Identifier' ? key.name : String(key.value);
  return isForbiddenName(name) ? refuse(compiling, key, `the name ${name} is forbidden`) : name;
}
