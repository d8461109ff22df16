/** What people have done about the dead letters of a run. */
import type { LetterDrop } from '../protocol/dead-letters.ts';

/** By the ids of the letters. */
export interface LetterBook {
  readonly dropped: Map<string, LetterDrop>;
  /** By the id of the message that came to nothing: that of the one sent in its place. */
  readonly sentAgain: Map<string, string>;
}

/** The book of a run about whose letters nobody has done anything. */
export const openLetters = (): LetterBook => ({ dropped: new Map(), sentAgain: new Map() });
