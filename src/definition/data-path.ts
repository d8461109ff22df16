/** Characters that a name in a path may have where it stands without quotes. */
const NAME = /[^\s.[\]'"`{}]+/uy;
const BRACKETED = /\[(?:'([^'\\]*)'|"([^"\\]*)"|(\d+))\]/uy;

/**
 * The names of a path such as `steps.design.doc`, `findings[0].file` or `steps['a.b']`, or null when it is none. An empty text and `.` are
 * the empty path.
 */
export function parsePath(text: string): string[] | null {
  const names: string[] = [];
  if (text === '' || text === '.') return names;
  for (let at = 0; at < text.length; ) {
    const bracketed = text[at] === '[';
    const dotted = text[at] === '.';
    if (!bracketed && dotted === (at === 0)) return null;
    const pattern = bracketed ? BRACKETED : NAME;
    pattern.lastIndex = dotted ? at + 1 : at;
    const match = pattern.exec(text);
    if (match === null) return null;
    names.push(bracketed ? (match[1] ?? match[2] ?? match[3] ?? '') : match[0]);
    at = pattern.lastIndex;
  }
  return names;
}

/** A path as text, the same for the same names. */
export function pathText(names: readonly string[]): string {
  const parts = names.map((name) => (/^[^\s.[\]'"`{}]+$/u.test(name) ? `.${name}` : `['${name}']`));
  return parts.join('').replace(/^\./u, '');
}
