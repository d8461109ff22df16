import { displayWidth } from './display-width.ts';

/** A text on as many lines as it takes, broken between words; a word that is longer than a line stays whole. `width`: cells of a line. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** As `wrapped`, with a beginning of its own for the first line and as many spaces before the others. */
export function hanging(head: string, text: string, width: number): string[] {
  const indent = ' '.repeat(displayWidth(head));
  return wrapped(text, Math.max(20, width - indent.length)).map((line, i) => (i === 0 ? head : indent) + line);
}
