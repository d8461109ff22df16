/**
 * Reads the JSON object or array that starts at a place of a text, as language models write it: a text that was cut off is closed,
 * line breaks inside strings, unknown escapes and trailing commas are put right. One pass, no recursion, and `JSON.parse` has
 * the last word: what it refuses is broken.
 */
import type { Json } from '../protocol/json.ts';

/** What was found: a whole value and where it ends, the readable part of one that was cut off, or where it stopped being JSON. */
export type JsonReading =
  | { readonly kind: 'whole'; readonly value: Json; readonly end: number }
  | { readonly kind: 'cut'; readonly value: Json }
  | { readonly kind: 'broken'; readonly at: number };

/** Data of a reply may nest this deep. What is deeper is broken, to its end: a part of it is not what was said. */
export const MAX_REPLY_DEPTH = 500;

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
/** What may be left of the text after a number that was cut off before its fraction or exponent. */
const UNFINISHED = /^(?:\.|[eE][+-]?)?$/u;
const WORDS = ['true', 'false', 'null'] as const;

/** Reads the object or array that starts at `start`. Never throws; the time is linear in what was read. */
export function readJsonAt(text: string, start: number): JsonReading {
  return new JsonReader(text, start).read();
}

type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'next';

class JsonReader {
  readonly #text: string;
  readonly #normal: string[] = [];
  readonly #open: ('}' | ']')[] = [];
  #at: number;
  #expected: Expected = 'value';
  #comma = false;
  /** Pieces written when everything in them could be closed into valid JSON. */
  #safe = 0;
  /** Why reading stopped early: the text ended, or is no JSON at a place. A flag and not a throw: prose holds many braces. */
  #stopped: 'ended' | number | null = null;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  read(): JsonReading {
    do this.#step();
    while (this.#open.length > 0 && this.#stopped === null);
    if (this.#stopped === null) return this.#parsed((value) => ({ kind: 'whole', value, end: this.#at }));
    if (this.#stopped !== 'ended') return { kind: 'broken', at: this.#stopped };
    if (this.#open.length === 0) return { kind: 'broken', at: this.#text.length };
    this.#normal.length = this.#safe;
    this.#normal.push(...this.#open.toReversed());
    return this.#parsed((value) => ({ kind: 'cut', value }));
  }

  #parsed(found: (value: Json) => JsonReading): JsonReading {
    try {
      return found(JSON.parse(this.#normal.join('')) as Json);
    } catch {
      return { kind: 'broken', at: this.#at };
    }
  }

  #step(): void {
    const char = this.#peek();
    if (char === undefined) this.#stopped = 'ended';
    else if (this.#expected === 'colon') this.#colon(char);
    else if (this.#expected === 'next') this.#next(char);
    else if (char === this.#open.at(-1) && this.#expected !== 'value' && this.#open.length > 0) this.#close();
    else if (this.#expected === 'key' || this.#expected === 'first key') this.#key(char);
    else this.#value(char);
  }

  #colon(char: string): void {
    if (char !== ':') this.#stopped = this.#at;
    this.#put(':', 1);
    this.#expected = 'value';
  }

  #next(char: string): void {
    if (char === this.#open.at(-1)) {
      this.#close();
    } else if (char === ',') {
      this.#at += 1;
      this.#comma = true;
      this.#expected = this.#open.at(-1) === '}' ? 'key' : 'first value';
    } else {
      this.#stopped = this.#at;
    }
  }

  #close(): void {
    const closing = this.#open.pop();
    this.#comma = false;
    this.#put(closing ?? '', 1);
    this.#settle();
  }

  #key(char: string): void {
    if (char !== '"') {
      this.#stopped = this.#at;
      return;
    }
    const { piece, ended } = this.#string();
    if (!ended) this.#stopped = 'ended';
    this.#put(piece, 0);
    this.#expected = 'colon';
  }

  #value(char: string): void {
    if (char === '{' || char === '[') this.#openContainer(char);
    else if (char === '"') this.#stringValue();
    else this.#scalarValue();
  }

  #stringValue(): void {
    const { piece, ended } = this.#string();
    this.#put(piece, 0);
    this.#settle();
    if (!ended) this.#stopped = 'ended';
  }

  // what touches the end of the text may have been longer
  #scalarValue(): void {
    const piece = this.#scalar();
    if (piece === null) return;
    const next = this.#at + piece.length;
    if (UNFINISHED.test(this.#text.slice(next, next + 3))) {
      this.#stopped = 'ended';
      return;
    }
    this.#put(piece, piece.length);
    this.#settle();
  }

  #openContainer(char: '{' | '['): void {
    if (this.#open.length >= MAX_REPLY_DEPTH) this.#stopped = this.#text.length;
    this.#put(char, 1);
    this.#open.push(char === '{' ? '}' : ']');
    this.#expected = char === '{' ? 'first key' : 'first value';
    this.#safe = this.#normal.length;
  }

  #scalar(): string | null {
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text)?.[0];
    if (number !== undefined) return number;
    const word = WORDS.find((candidate) => this.#text.startsWith(candidate, this.#at));
    if (word !== undefined) return word;
    const rest = this.#text.slice(this.#at, this.#at + 5);
    const cut = this.#at + rest.length === this.#text.length && [...WORDS, '-'].some((candidate) => candidate.startsWith(rest));
    this.#stopped = cut ? 'ended' : this.#at;
    return null;
  }

  #settle(): void {
    this.#expected = 'next';
    this.#safe = this.#normal.length;
  }

  #put(piece: string, consumed: number): void {
    this.#normal.push(this.#comma ? `,${piece}` : piece);
    this.#comma = false;
    this.#at += consumed;
  }

  /** The string at the current place as valid JSON, closed even when the text ends inside it. */
  #string(): { piece: string; ended: boolean } {
    const pieces = ['"'];
    let from = this.#at + 1;
    for (let at = from; at < this.#text.length; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return { piece: `${pieces.join('')}${this.#text.slice(from, at)}"`, ended: true };
      }
      if (code !== 0x5c && code >= 0x20) continue;
      pieces.push(this.#text.slice(from, at));
      const mended =
        code === 0x5c ? escapeAt(this.#text, at) : { piece: JSON.stringify(String.fromCharCode(code)).slice(1, -1), length: 1 };
      pieces.push(mended.piece);
      at += mended.length - 1;
      from = at + 1;
    }
    this.#at = this.#text.length;
    return { piece: `${pieces.join('')}${this.#text.slice(from)}"`, ended: false };
  }

  #peek(): string | undefined {
    while (BLANK.has(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text[this.#at];
  }
}

const BLANK: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r', '\u00a0']);

/** An escape as valid JSON: one that JSON does not know keeps its backslash as text; one that was cut off is dropped. */
function escapeAt(text: string, at: number): { piece: string; length: number } {
  const next = text[at + 1];
  if (next === undefined) return { piece: '', length: 1 };
  if (next !== 'u') return { piece: '"\\/bfnrt'.includes(next) ? `\\${next}` : '\\\\', length: '"\\/bfnrt'.includes(next) ? 2 : 1 };
  const code = text.slice(at, at + 6);
  if (/^\\u[\da-fA-F]{4}$/u.test(code)) return { piece: code, length: 6 };
  return code.length < 6 ? { piece: '', length: code.length } : { piece: '\\\\', length: 1 };
}
