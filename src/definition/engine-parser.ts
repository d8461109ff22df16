import type { EngineComparison, EngineNode, EngineTextPart } from './engine-syntax.ts';
import { engineMethod } from './engine-syntax.ts';
import { type EngineToken, engineTokens } from './engine-tokens.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { scanTemplate, type TemplateMarks } from './template-scanner.ts';

const ENGINE_MARKS: TemplateMarks = { opening: '${', closing: '}' };

/** Parses an expression of the engine dialect; null when it is not understood. Never throws. */
export function parseEngineExpression(source: string): EngineNode | null {
  if (source.length > EXPRESSION_LIMITS.source) return null;
  const tokens = engineTokens(source);
  if (tokens === null) return null;
  try {
    return new EngineParser(tokens).whole();
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

/** Takes a text with `${…}` in it apart; an expression that is not understood is text. */
export function parseEngineText(source: string): EngineTextPart[] {
  return scanTemplate(source, ENGINE_MARKS).parts.map((part) => {
    if (typeof part === 'string') return part;
    const node = parseEngineExpression(part.text);
    return node === null ? part.written : { written: part.written, node };
  });
}

class NotUnderstood extends Error {}

const COMPARISONS: ReadonlyMap<string, EngineComparison> = new Map<string, EngineComparison>([
  ['==', '=='],
  ['===', '=='],
  ['!=', '!='],
  ['!==', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

const WORDS: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['always_true', true],
  ['always_false', false],
]);

/** Recursive descent: choice, or, and, comparison, sum, not, postfix, primary. */
class EngineParser {
  readonly #tokens: readonly EngineToken[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly EngineToken[]) {
    this.#tokens = tokens;
  }

  whole(): EngineNode {
    const node = this.#choice();
    return this.#at === this.#tokens.length ? node : this.#giveUp();
  }

  #choice(): EngineNode {
    this.#depth += 1;
    if (this.#depth > EXPRESSION_LIMITS.depth) this.#giveUp();
    const test = this.#any();
    let node = test;
    if (this.#take('?')) {
      const then = this.#choice();
      this.#expect(':');
      node = { kind: 'choice', test, then, otherwise: this.#choice() };
    }
    this.#depth -= 1;
    return node;
  }

  #any(): EngineNode {
    const of = [this.#all()];
    while (this.#take('||') || this.#take('??')) of.push(this.#all());
    return single(of) ?? { kind: 'any', of };
  }

  #all(): EngineNode {
    const of = [this.#comparison()];
    while (this.#take('&&')) of.push(this.#comparison());
    return single(of) ?? { kind: 'all', of };
  }

  #comparison(): EngineNode {
    const left = this.#sum();
    const operator = COMPARISONS.get(this.#sign() ?? '');
    if (operator === undefined) return left;
    this.#at += 1;
    return { kind: 'compare', operator, left, right: this.#sum() };
  }

  #sum(): EngineNode {
    let left = this.#not();
    for (let terms = 1; this.#sign() === '+' || this.#sign() === '-'; terms += 1) {
      if (terms > EXPRESSION_LIMITS.depth) this.#giveUp();
      const operator = this.#take('+') ? '+' : '-';
      if (operator === '-') this.#expect('-');
      left = { kind: 'sum', operator, left, right: this.#not() };
    }
    return left;
  }

  #not(): EngineNode {
    let negations = 0;
    while (this.#take('!')) negations += 1;
    const node = this.#postfix();
    if (negations === 0) return node;
    const once: EngineNode = { kind: 'not', of: node };
    return negations % 2 === 1 ? once : { kind: 'not', of: once };
  }

  #postfix(): EngineNode {
    let node = this.#primary();
    for (let links = 0; ; links += 1) {
      if (links > EXPRESSION_LIMITS.depth) this.#giveUp();
      if (this.#take('[')) {
        node = extended(node, this.#index()) ?? this.#giveUp();
      } else if (this.#take('.') || this.#take('?.')) {
        const name = this.#name();
        node = this.#sign() === '(' ? this.#call(name, node) : (extended(node, name) ?? this.#giveUp());
      } else return node;
    }
  }

  #primary(): EngineNode {
    const token = this.#next();
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'text') return textNode(token.text);
    if (token.kind === 'name') return this.#named(token.text);
    if (token.text === '(') return this.#until(')');
    if (token.text === '${') return this.#until('}');
    if (token.text === '[') return { kind: 'list', of: this.#items(']') };
    if (token.text === '{') return this.#map();
    if (token.text === '-') {
      const digits = this.#next();
      return digits.kind === 'number' ? { kind: 'literal', value: -Number(digits.text) } : this.#giveUp();
    }
    return this.#giveUp();
  }

  #named(name: string): EngineNode {
    const word = WORDS.get(name);
    if (word !== undefined) return { kind: 'literal', value: word };
    if (this.#sign() !== '(') return { kind: 'path', keys: [name] };
    // includes(list, x) is list.includes(x)
    const method = engineMethod(name);
    this.#expect('(');
    const [on, ...args] = this.#items(')');
    return method === null || on === undefined ? this.#giveUp() : { kind: 'call', method, on, args };
  }

  #call(name: string, on: EngineNode): EngineNode {
    const method = engineMethod(name);
    this.#expect('(');
    const args = this.#items(')');
    return method === null ? this.#giveUp() : { kind: 'call', method, on, args };
  }

  #until(closing: string): EngineNode {
    const node = this.#choice();
    this.#expect(closing);
    return node;
  }

  #items(closing: string): EngineNode[] {
    const items: EngineNode[] = [];
    if (this.#take(closing)) return items;
    do items.push(this.#choice());
    while (this.#take(','));
    this.#expect(closing);
    return items;
  }

  #map(): EngineNode {
    const members: (readonly [string, EngineNode])[] = [];
    if (this.#take('}')) return { kind: 'map', of: members };
    do {
      const key = this.#next();
      if (key.kind !== 'name' && key.kind !== 'text') this.#giveUp();
      this.#expect(':');
      members.push([key.text, this.#choice()]);
    } while (this.#take(','));
    this.#expect('}');
    return { kind: 'map', of: members };
  }

  #index(): string {
    const token = this.#next();
    if (token.kind !== 'number' && token.kind !== 'text') this.#giveUp();
    this.#expect(']');
    return token.text;
  }

  #name(): string {
    const token = this.#next();
    return token.kind === 'name' || token.kind === 'number' ? token.text : this.#giveUp();
  }

  #next(): EngineToken {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token ?? this.#giveUp();
  }

  #sign(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' ? token.text : undefined;
  }

  #take(sign: string): boolean {
    if (this.#sign() !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#giveUp();
  }

  #giveUp(): never {
    throw new NotUnderstood('not of the engine dialect');
  }
}

function single(nodes: readonly EngineNode[]): EngineNode | null {
  return nodes.length === 1 ? (nodes[0] ?? null) : null;
}

function extended(node: EngineNode, key: string): EngineNode | null {
  return node.kind === 'path' ? { kind: 'path', keys: [...node.keys, key] } : null;
}

function textNode(text: string): EngineNode {
  return text.includes('${') ? { kind: 'text', parts: parseEngineText(text) } : { kind: 'literal', value: text };
}
