import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { MAX_REPLY_DEPTH, readJsonAt } from './json-repair.ts';
import { withoutThoughts } from './reply-thoughts.ts';

/** The objects of a text in order, and the readable part of a last one that was cut off. */
export interface FoundObjects {
  readonly whole: readonly JsonObject[];
  readonly cut: JsonObject | null;
  /** The text outside of them. */
  readonly around: string;
}

/** Texts inside texts are read this deep: a reply that was encoded twice, in a fence, is three. */
const MAX_WRAPPINGS = 4;

/**
 * The JSON a reply carries: the whole text, or what a code fence around it holds, or the first complete object in it, whatever
 * prose stands around. Null when there is none, or when the only one was cut off. Never throws; linear in the length of the text.
 */
export function extractJson(text: string): Json | null {
  const whole = wholeJson(text);
  if (whole !== null) return whole;
  const spoken = withoutThoughts(text);
  return wholeJson(spoken) ?? wholeJson(insideFence(spoken)) ?? objectsIn(spoken).whole[0] ?? null;
}

/** The value of a text that is JSON from end to end, through any encoding as JSON text; null for scalars, what nests too deeply, and anything else. */
export function wholeJson(text: string): Json | null {
  let current = text.trim();
  for (let wrapping = 0; wrapping < MAX_WRAPPINGS; wrapping += 1) {
    if (!/^[[{"]/u.test(current)) return null;
    const value = parsed(current);
    if (typeof value !== 'string') return typeof value === 'object' && !nestsTooDeeply(value) ? value : null;
    current = value.trim();
  }
  return null;
}

/** Every object of a text that is complete, and a last one that was cut off. Empty objects are left out: in prose they are code. */
export function objectsIn(text: string): FoundObjects {
  const whole: JsonObject[] = [];
  const around: string[] = [];
  let from = 0;
  for (let at = nextObject(text, 0); at !== -1; ) {
    const reading = readJsonAt(text, at);
    if (reading.kind === 'cut' || (reading.kind === 'broken' && reading.at === text.length)) {
      around.push(text.slice(from, at));
      const cut = reading.kind === 'cut' && isJsonObject(reading.value) ? reading.value : null;
      return { whole, cut, around: around.join('\n') };
    }
    const next = reading.kind === 'whole' ? reading.end : Math.max(reading.at, at + 1);
    if (reading.kind === 'whole' && isJsonObject(reading.value) && Object.keys(reading.value).length > 0) {
      whole.push(reading.value);
      around.push(text.slice(from, at));
      from = next;
    }
    at = nextObject(text, next);
  }
  around.push(text.slice(from));
  return { whole, cut: null, around: around.join('\n') };
}

/** Whether a value nests deeper than data of a reply may: whoever walks or writes it would run out of stack. */
export function nestsTooDeeply(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_REPLY_DEPTH) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item).filter(isContainer) : []));
  }
  return false;
}

function isContainer(value: Json | undefined): value is Json {
  return typeof value === 'object' && value !== null;
}

function nextObject(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at !== -1; at = text.indexOf('{', at + 1)) {
    if (/^\{\s{0,100}["}]/u.test(text.slice(at, at + 102))) return at;
  }
  return -1;
}

function insideFence(text: string): string {
  const fence = /^```[^\n`]{0,40}\n/u.exec(text.trim().slice(0, 64))?.[0];
  const body = text.trim();
  return fence !== undefined && body.endsWith('```') ? body.slice(fence.length, -3) : '';
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
