import type { Json } from '../protocol/json.ts';

/** One value of a file and where it stands. Offsets point into the text of its source. */
export interface SourceNode {
  readonly value: Json;
  /** Where the value begins. */
  readonly at: number;
  /** Texts only: where the first character of the text stands, when the file spells it exactly as it reads; -1 otherwise. */
  readonly textAt: number;
  /** Maps only. */
  readonly entries?: ReadonlyMap<string, SourceEntry>;
  /** Lists only. */
  readonly items?: readonly SourceNode[];
}

export interface SourceEntry {
  readonly keyAt: number;
  readonly node: SourceNode;
}

/** Keys and indices from a value down to one of its parts. */
export type SourcePath = readonly (string | number)[];

/** The node at a path, or undefined when there is none. */
export function nodeAt(root: SourceNode | undefined, path: SourcePath): SourceNode | undefined {
  let node = root;
  for (const key of path) node = typeof key === 'number' ? node?.items?.[key] : node?.entries?.get(key)?.node;
  return node;
}

/**
 * Where the value (or, with `part: 'key'`, its key) at a path begins. A path that leads nowhere gives the place of the deepest
 * part of it that exists: a missing key is reported where it is missed.
 */
export function offsetAt(root: SourceNode, path: SourcePath, part: 'key' | 'value' = 'value'): number {
  let node = root;
  let keyAt = root.at;
  for (const key of path) {
    const entry = typeof key === 'string' ? node.entries?.get(key) : undefined;
    const next = typeof key === 'number' ? node.items?.[key] : entry?.node;
    if (next === undefined) return node.at;
    keyAt = entry?.keyAt ?? next.at;
    node = next;
  }
  return part === 'key' ? keyAt : node.at;
}

/** Where the character at an offset inside the text at a path stands, or that text, where the file does not spell it as it reads. */
export function placeIn(root: SourceNode, path: SourcePath, offset: number): number {
  const text = nodeAt(root, path) ?? root;
  return text.textAt >= 0 ? text.textAt + offset : text.at;
}

/** A map made of entries that may stem from different places; it stands at `at`. */
export function mapNode(entries: ReadonlyMap<string, SourceEntry>, at: number): SourceNode {
  const value: Record<string, Json> = {};
  for (const [key, entry] of entries) value[key] = entry.node.value;
  return { value, at, textAt: -1, entries };
}

/** The same value as if all of it stood at `at`: what stems from another file is reported where this file refers to it. */
export function relocated(node: SourceNode, at: number): SourceNode {
  const entries = node.entries && new Map([...node.entries].map(([key, entry]) => [key, { keyAt: at, node: relocated(entry.node, at) }]));
  const items = node.items?.map((item) => relocated(item, at));
  return { value: node.value, at, textAt: -1, ...(entries && { entries }), ...(items && { items }) };
}
