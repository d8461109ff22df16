/**
 * Text of a file as it may safely appear in a terminal: control characters, which could move the cursor or recolour
 * the screen, become a visible dot, and bidirectional overrides, which could make text read differently from what it is, too.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '·');
}

const UNPRINTABLE = /(?!\t)[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** A key or value of a file quoted inside a message: printable, and no longer than 60 characters. */
export function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return `"${printable(shown).replaceAll('\t', ' ')}"`;
}
