import { EXPRESSION_LIMITS } from './expression-limits.ts';

/** How expressions are marked in a text. */
export interface TemplateMarks {
  readonly opening: '{{' | '${';
  readonly closing: '}}' | '}';
}

/** A stretch of a template that is an expression. */
export interface MarkedExpression {
  /** Between the marks. */
  readonly text: string;
  /** Where `text` starts in the template. */
  readonly start: number;
  /** With its marks, as it is written. */
  readonly written: string;
}

/** A template taken apart: texts and expressions in order, and where an opening mark stands that is never closed. */
export interface ScannedTemplate {
  readonly parts: readonly (string | MarkedExpression)[];
  readonly unclosed: number | null;
}

/** Careful searches that may fail before only the nearest closing mark is looked for: keeps the time linear whatever comes in. */
const MAX_FAILED_SEARCHES = 8;

/** Takes a template apart. A closing mark inside quotes or inside braces of the expression does not end it. */
export function scanTemplate(source: string, { opening, closing }: TemplateMarks): ScannedTemplate {
  const parts: (string | MarkedExpression)[] = [];
  let failures = 0;
  let from = 0;
  let unclosed: number | null = null;
  for (let open = source.indexOf(opening); open !== -1; open = source.indexOf(opening, from)) {
    const start = open + opening.length;
    let end = failures < MAX_FAILED_SEARCHES ? closingMark(source, start, closing) : -1;
    if (end === -1) {
      failures += 1;
      end = source.indexOf(closing, start);
    }
    if (end === -1) {
      unclosed = open;
      break;
    }
    if (open > from) parts.push(source.slice(from, open));
    parts.push({ text: source.slice(start, end), start, written: source.slice(open, end + closing.length) });
    from = end + closing.length;
  }
  if (from < source.length || parts.length === 0) parts.push(source.slice(from));
  return { parts, unclosed };
}

function closingMark(source: string, start: number, closing: string): number {
  const open: ('{' | '`')[] = [];
  const limit = Math.min(source.length, start + EXPRESSION_LIMITS.source + closing.length);
  for (let at = start; at < limit; at += 1) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (open.at(-1) === '`') insideTextLiteral(source, at, open);
    else if (char === '"' || char === "'") at = endOfQuoted(source, at, limit);
    else if (char === '{' || char === '`') open.push(char);
    else if (char === '}') {
      if (open.length === 0 && source.startsWith(closing, at)) return at;
      open.pop();
    }
  }
  return -1;
}

function insideTextLiteral(source: string, at: number, open: ('{' | '`')[]): void {
  if (source[at] === '`') open.pop();
  if (source[at] === '{' && source[at - 1] === '$') open.push('{');
}

function endOfQuoted(source: string, start: number, limit: number): number {
  const quote = source[start];
  for (let at = start + 1; at < limit; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === quote) return at;
  }
  return limit;
}
