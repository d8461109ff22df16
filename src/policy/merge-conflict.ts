import type { Json } from '../protocol/json.ts';

/** What the two sides disagree about. `deletion`: one removed what the other changed; `type`: they made different kinds of thing of it. */
export type ConflictKind = 'scalar' | 'list' | 'map' | 'text' | 'type' | 'deletion';

/** One place where both sides changed the same thing differently. */
export interface MergeConflict {
  /** JSON pointer into theirs, or into ours where theirs has no such place; empty for the whole value. */
  readonly path: string;
  readonly kind: ConflictKind;
  /** `undefined`: not there. Of a list or text only the stretch in question. */
  readonly base: Json | undefined;
  readonly theirs: Json | undefined;
  readonly ours: Json | undefined;
  /** Of a stretch of a list or text: its first element or line in theirs, from 0. */
  readonly from?: number;
}

/** The three versions of one place. `undefined`: it is not there. */
export interface Versions<T extends Json | undefined = Json | undefined> {
  readonly base: T;
  readonly theirs: T;
  readonly ours: T;
}

/** Merges what stands at a path; conflicts are told on the way, and theirs stands for what is in conflict. */
export type MergeAt = (path: string, versions: Versions) => Json | undefined;

/** Tells of a conflict; gives theirs. */
export type Clash = (path: string, kind: ConflictKind, versions: Versions, from?: number) => Json | undefined;

/** The JSON pointer of a member or element (RFC 6901). */
export function memberPath(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
