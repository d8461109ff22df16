/**
 * How wide a text is on a terminal, in cells. Wide characters (East Asian ideographs, emoji) take two cells, combining marks and
 * other invisible ones none. Ranges: Unicode Standard Annex #11 (East Asian Width), the blocks that are wide as a whole.
 */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x26aa, 0x26ab],
  [0x2705, 0x2705],
  [0x2728, 0x2728],
  [0x274c, 0x274c],
  [0x2753, 0x2757],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;
const ASCII = /^[\x20-\x7e]*$/;
const ELLIPSIS = '…';

/** Cells that a text takes. Colours are not expected in it: measure first, paint afterwards. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += cells(character);
  return width;
}

/** The text, cut to at most that many cells; what was cut ends in an ellipsis. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += cells(character);
    if (used > width - 1) break;
    kept += character;
  }
  return kept.trimEnd() + ELLIPSIS;
}

/** The text, cut or filled with spaces on its right to exactly that many cells. */
export function padRight(text: string, width: number): string {
  const cut = truncate(text, width);
  return cut + ' '.repeat(Math.max(0, width - displayWidth(cut)));
}

/** As `padRight`, but filled on the left: for numbers and times. */
export function padLeft(text: string, width: number): string {
  const cut = truncate(text, width);
  return ' '.repeat(Math.max(0, width - displayWidth(cut))) + cut;
}

function cells(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return code >= 0x20 && code !== 0x7f ? 1 : 0;
  if (INVISIBLE.test(character)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
