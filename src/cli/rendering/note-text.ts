import { isJsonObject, type Json } from '../../index.ts';
import { truncate } from '../text/display-width.ts';

/** Longer notes are cut here. */
const LONGEST_NOTE = 200;

/** What an agent said, in one line. Commands say `{ stream, line }`, reports of progress are `{ percent, phase, blocked }`. */
export function noteText(note: Json): string {
  return truncate(textOf(note), LONGEST_NOTE);
}

function textOf(note: Json): string {
  if (typeof note === 'string') return note;
  if (!isJsonObject(note)) return JSON.stringify(note);
  if (typeof note.line === 'string') return note.line;
  return 'percent' in note && 'phase' in note && 'blocked' in note ? progressText(note) : JSON.stringify(note);
}

function progressText({ percent, phase, blocked }: { readonly [part: string]: Json | undefined }): string {
  const parts = [
    ...(typeof percent === 'number' ? [`${Math.round(percent)} %`] : []),
    ...(typeof phase === 'string' ? [phase] : []),
    ...(typeof blocked === 'string' ? [`blocked: ${blocked}`] : []),
  ];
  return parts.join(', ');
}
