import { canonicalJson } from '../protocol/canonical-json.ts';
import type { Json } from '../protocol/json.ts';
import { type Clash, type MergeAt, memberPath, type Versions } from './merge-conflict.ts';
import { NumberedElements } from './numbered-elements.ts';
import { mergeSequences, type Piece, type Span } from './sequence-merge.ts';

type Lists = Versions<readonly Json[]>;

/**
 * Merges three versions of a list by place. A stretch that both changed is merged element by element where it has as many elements in all
 * three; otherwise nobody can say which element became which, and theirs stands.
 */
export function mergeLists(path: string, lists: Lists, merge: MergeAt, clash: Clash): Json {
  const numbers = new NumberedElements<Json>(canonicalJson);
  const numbered = { base: numbers.of(lists.base), theirs: numbers.of(lists.theirs), ours: numbers.of(lists.ours) };
  const merged: Json[] = [];
  for (const piece of mergeSequences(numbered, 'overlapping')) {
    const elements = piece.kind === 'taken' ? within(lists[piece.from], piece.span) : mergeStretch(path, lists, piece, merge, clash);
    for (const element of elements) merged.push(element);
  }
  return merged;
}

function mergeStretch(path: string, lists: Lists, at: Piece & { kind: 'clash' }, merge: MergeAt, clash: Clash): readonly Json[] {
  const versions = { base: within(lists.base, at.base), theirs: within(lists.theirs, at.theirs), ours: within(lists.ours, at.ours) };
  const { base, theirs, ours } = versions;
  if (base.length !== theirs.length || base.length !== ours.length) {
    clash(path, 'list', versions, at.theirs.start);
    return theirs;
  }
  return theirs.map(
    (element, index) =>
      merge(memberPath(path, at.theirs.start + index), { base: base[index], theirs: element, ours: ours[index] }) ?? element,
  );
}

const within = (list: readonly Json[], { start, end }: Span): readonly Json[] => list.slice(start, end);
