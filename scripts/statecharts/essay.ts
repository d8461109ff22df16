/** The comment a source file opens with, as plain lines: comment marks and outer blank lines removed. Empty when there is none. */
export function openingComment(source: string): string[] {
  const block = /^\s*\/\*\*?([\s\S]*?)\*\//.exec(source);
  const lines = block?.[1] ?? /^\s*((?:[ \t]*\/\/[^\n]*\n)+)/.exec(source)?.[1] ?? '';
  return lines
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\*|\/\/)? ?/, '').trimEnd());
}

/** The first paragraph of that comment on one line: what the file is about. */
export function firstParagraph(source: string): string {
  const lines = openingComment(source);
  const blank = lines.findIndex((line) => line.trim() === '');
  return (blank === -1 ? lines : lines.slice(0, blank)).map((line) => line.trim()).join(' ');
}
