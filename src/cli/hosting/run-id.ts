import { randomInt } from 'node:crypto';

/** Letters that are not mistaken for each other when read aloud or typed from a screen. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A new run id, easy to type: ten letters, 50 bits. Whether it is taken is checked when the run starts. */
export function newRunId(): string {
  return Array.from({ length: 10 }, (_, place) => LETTERS[randomInt(place === 0 ? 24 : LETTERS.length)]).join('');
}
