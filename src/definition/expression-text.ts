import type { Site } from './expression-error.ts';
import { chargeText, checkTextLength, type Frame, failed, kindOf } from './expression-frame.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { ownData, UNREADABLE } from './own-data.ts';

/**
 * A value as it stands inside a text: texts as they are, numbers, booleans and null by their name, lists and objects as compact JSON.
 * Getters and `toJSON` are not called. Throws EXPRESSION_FAILED for undefined and for what is not data, EXPRESSION_LIMIT when too long.
 */
export function textOf(frame: Frame, site: Site, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value !== 'object') return failed(site, `${kindOf(value)} cannot stand in a text`);
  const writer = new JsonWriter(site);
  writer.write(value, 0);
  const text = writer.parts.join('');
  chargeText(frame, site, text.length);
  return text;
}

/** Writes JSON from own data properties only, stopping as soon as the text is too long or the data too deep. */
class JsonWriter {
  readonly parts: string[] = [];
  readonly #site: Site;
  #length = 0;

  constructor(site: Site) {
    this.#site = site;
  }

  write(value: unknown, depth: number): void {
    if (depth > EXPRESSION_LIMITS.dataDepth) failed(this.#site, `the value is nested more than ${EXPRESSION_LIMITS.dataDepth} deep`);
    if (Array.isArray(value)) this.#list(value, depth);
    else if (typeof value === 'object' && value !== null) this.#object(value, depth);
    else if (typeof value === 'string') this.#put(JSON.stringify(value));
    else if (typeof value === 'boolean') this.#put(String(value));
    else this.#put(typeof value === 'number' && Number.isFinite(value) ? String(value) : 'null');
  }

  #list(list: readonly unknown[], depth: number): void {
    this.#put('[');
    for (let index = 0; index < list.length; index += 1) {
      if (index > 0) this.#put(',');
      this.write(this.#data(list, index), depth + 1);
    }
    this.#put(']');
  }

  #object(object: object, depth: number): void {
    this.#put('{');
    let first = true;
    for (const key of Object.keys(object)) {
      const value = this.#data(object, key);
      if (value === undefined) continue;
      this.#put(`${first ? '' : ','}${JSON.stringify(key)}:`);
      first = false;
      this.write(value, depth + 1);
    }
    this.#put('}');
  }

  #data(target: object, name: string | number): unknown {
    const value = ownData(target, name);
    if (value === UNREADABLE) failed(this.#site, `${String(name)} is not plain data`);
    return value;
  }

  #put(text: string): void {
    this.#length += text.length;
    checkTextLength(this.#site, this.#length);
    this.parts.push(text);
  }
}
