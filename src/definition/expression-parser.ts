import { type Expression, Parser, type Token, type TokenType, tokTypes } from 'acorn';
import { expressionFailure } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';

/** A piece of a text that is one expression: `text`, starting at `start` of `source`. */
export interface ExpressionText {
  readonly text: string;
  /** The whole condition or template, for messages. */
  readonly source: string;
  readonly start: number;
}

/**
 * Parses exactly one JavaScript expression; nothing may follow it. Whether its parts are of our language is not decided here.
 * Throws EXPRESSION_INVALID (empty, a syntax error, a regular expression, something trailing) or EXPRESSION_LIMIT.
 */
export function parseExpression(piece: ExpressionText): Expression {
  const { text } = piece;
  if (text.length > EXPRESSION_LIMITS.source) {
    fail(piece, 'EXPRESSION_LIMIT', 0, `an expression may have ${EXPRESSION_LIMITS.source} characters; this one has ${text.length}`);
  }
  if (text.trim() === '') fail(piece, 'EXPRESSION_INVALID', 0, 'the expression is empty');
  const parsed = attempt(piece);
  const rest = text.slice(parsed.end);
  const trailing = parsed.end + (rest.length - rest.trimStart().length);
  if (trailing < text.length) {
    fail(
      piece,
      'EXPRESSION_INVALID',
      trailing,
      `nothing may follow the expression, but ${shown(text.slice(trailing))} does`,
      strayHint(text),
    );
  }
  return parsed;
}

function attempt(piece: ExpressionText): Expression {
  const { text } = piece;
  try {
    return Reader.parseExpressionAt(text, 0, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      preserveParens: true,
      onToken: descentGuard(),
    });
  } catch (error) {
    if (error instanceof Refusal) fail(piece, error.code, error.offset, error.message);
    if (error instanceof RangeError) fail(piece, 'EXPRESSION_LIMIT', 0, 'the expression is nested too deeply');
    if (!(error instanceof SyntaxError)) throw error;
    const offset = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0;
    const reason = error.message.replace(/ \(\d+:\d+\)$/u, '');
    return fail(
      piece,
      'EXPRESSION_INVALID',
      Math.min(offset, text.length),
      `this is not an expression: ${reason.toLowerCase()}`,
      strayHint(text),
    );
  }
}

/** Acorn compiles a regular expression as soon as it reads one: no input of ours may reach that. */
const Reader = Parser.extend(
  (Base) =>
    class extends Base {
      readRegexp(): never {
        const at = 'start' in this && typeof this.start === 'number' ? this.start : 0;
        throw new Refusal('EXPRESSION_INVALID', at, 'regular expressions are not part of the language');
      }
    },
);

/** Stops the parser before its own recursion could exhaust the stack. */
function descentGuard(): (token: Token) => void {
  let depth = 0;
  let descents = 0;
  return ({ type, start }) => {
    if (OPENING.has(type)) depth += 1;
    else if (CLOSING.has(type)) depth -= 1;
    else if (DESCENDING.has(type)) descents += 1;
    if (depth > EXPRESSION_LIMITS.depth || descents > EXPRESSION_LIMITS.descents) {
      throw new Refusal('EXPRESSION_LIMIT', start, `the expression is nested more than ${EXPRESSION_LIMITS.depth} deep`);
    }
  };
}

const { parenL, bracketL, braceL, dollarBraceL, parenR, bracketR, braceR } = tokTypes;
const OPENING: ReadonlySet<TokenType> = new Set([parenL, bracketL, braceL, dollarBraceL]);
const CLOSING: ReadonlySet<TokenType> = new Set([parenR, bracketR, braceR]);
const DESCENDING: ReadonlySet<TokenType> = new Set([
  tokTypes.prefix,
  tokTypes.incDec,
  tokTypes.plusMin,
  tokTypes.question,
  tokTypes.arrow,
  tokTypes.starstar,
  tokTypes.eq,
  tokTypes.assign,
  tokTypes._new,
  tokTypes._typeof,
  tokTypes._void,
  tokTypes._delete,
  tokTypes._function,
  tokTypes._class,
]);

class Refusal extends Error {
  readonly code: 'EXPRESSION_INVALID' | 'EXPRESSION_LIMIT';
  readonly offset: number;

  constructor(code: 'EXPRESSION_INVALID' | 'EXPRESSION_LIMIT', offset: number, message: string) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

function fail(piece: ExpressionText, code: 'EXPRESSION_INVALID' | 'EXPRESSION_LIMIT', offset: number, what: string, hint?: string): never {
  return expressionFailure(code, { source: piece.source, offset: piece.start + offset }, what, hint);
}

/** People carry the habits of other languages along: say what is written here instead. */
function strayHint(text: string): string | undefined {
  if (text.includes('{{')) return 'inside a condition names stand alone: write variables.x, not {{ variables.x }}';
  if (text.includes('${')) return 'this is the native dialect: write variables.x, not ${x}';
  if (/\b(?:and|or|not)\b/u.test(text)) return 'write && for and, || for or, ! for not';
  return undefined;
}

function shown(text: string): string {
  return text.length > 20 ? `"${text.slice(0, 19)}…"` : `"${text}"`;
}
