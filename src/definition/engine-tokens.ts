/** A word, number, text or sign of the engine dialect. */
export type EngineToken =
  | { readonly kind: 'name'; readonly text: string; readonly start: number }
  | { readonly kind: 'number'; readonly text: string; readonly start: number }
  | { readonly kind: 'text'; readonly text: string; readonly start: number }
  | { readonly kind: 'sign'; readonly text: string; readonly start: number };

/** Longest first, so that `===` is not read as `==` and `=`. */
const SIGNS = [
  '===',
  '!==',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '?.',
  '${',
  '!',
  '<',
  '>',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  '.',
  '?',
  ':',
  '+',
  '-',
];

// names may hold dashes, as step names do; a minus between names therefore needs a space on one side
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*(?:-+[\p{L}\p{N}_$]+)*/uy;
const NUMBER = /\d+(?:\.\d+)?(?![\p{L}_$])/uy;
const BLANK = /\s+/uy;

/** The tokens of a source, or null when something in it is no token. */
export function engineTokens(source: string): EngineToken[] | null {
  const tokens: EngineToken[] = [];
  let at = 0;
  while (at < source.length) {
    const blank = match(BLANK, source, at);
    if (blank !== null) {
      at += blank.length;
      continue;
    }
    const token = tokenAt(source, at);
    if (token === null) return null;
    tokens.push(token.token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(source: string, start: number): { token: EngineToken; end: number } | null {
  const char = source[start];
  if (char === '"' || char === "'") return quotedAt(source, start, char);
  // `${` opens an expression; `$` alone may begin a name
  if (!source.startsWith('${', start)) {
    const name = match(NAME, source, start);
    if (name !== null) return { token: { kind: 'name', text: name, start }, end: start + name.length };
  }
  const number = match(NUMBER, source, start);
  if (number !== null) return { token: { kind: 'number', text: number, start }, end: start + number.length };
  const sign = SIGNS.find((candidate) => source.startsWith(candidate, start));
  return sign === undefined ? null : { token: { kind: 'sign', text: sign, start }, end: start + sign.length };
}

function quotedAt(source: string, start: number, quote: string): { token: EngineToken; end: number } | null {
  let text = '';
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (char === quote) return { token: { kind: 'text', text, start }, end: at + 1 };
    if (char !== '\\') text += char;
    else {
      at += 1;
      text += ESCAPES[source[at] ?? ''] ?? source[at] ?? '';
    }
  }
  return null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}
