import type { Clash, Versions } from './merge-conflict.ts';
import { NumberedElements } from './numbered-elements.ts';
import { mergeSequences, type Span } from './sequence-merge.ts';

/** Merges three versions of a text of several lines; theirs stands where both changed the same or neighbouring lines differently. */
export function mergeTexts(path: string, texts: Versions<string>, clash: Clash): string {
  const lines = { base: texts.base.split('\n'), theirs: texts.theirs.split('\n'), ours: texts.ours.split('\n') };
  const numbers = new NumberedElements((line: string) => line);
  const numbered = { base: numbers.of(lines.base), theirs: numbers.of(lines.theirs), ours: numbers.of(lines.ours) };
  const merged: string[] = [];
  for (const piece of mergeSequences(numbered, 'touching')) {
    const taken = piece.kind === 'taken' ? within(lines[piece.from], piece.span) : within(lines.theirs, piece.theirs);
    for (const line of taken) merged.push(line);
    if (piece.kind === 'taken') continue;
    const text = (of: readonly string[], span: Span) => within(of, span).join('\n');
    const versions = { base: text(lines.base, piece.base), theirs: text(lines.theirs, piece.theirs), ours: text(lines.ours, piece.ours) };
    clash(path, 'text', versions, piece.theirs.start);
  }
  return merged.join('\n');
}

const within = (lines: readonly string[], { start, end }: Span): string[] => lines.slice(start, end);
