import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeThreeWays } from '../../src/policy/three-way-merge.ts';
import type { Json } from '../../src/protocol/json.ts';

const merged = (base: Json, theirs: Json, ours: Json) => mergeThreeWays(base, theirs, ours);
const clean = (value: Json) => ({ value, conflicts: [] });
const numbers = fc.array(fc.nat(3), { maxLength: 6 });

describe('a merge of lists', () => {
  it('keeps what both append, theirs first', () => {
    fc.assert(
      fc.property(
        numbers,
        fc.array(fc.nat(3), { minLength: 1 }),
        fc.array(fc.integer({ min: 7, max: 9 }), { minLength: 1 }),
        (base, a, b) => {
          expect(merged(base, [...base, ...a], [...base, ...b])).toEqual(clean([...base, ...a, ...b]));
        },
      ),
    );
  });

  it('keeps edits of different elements, wherever they are', () => {
    const length = 8;
    const edits = fc.uniqueArray(fc.nat(length - 1), { maxLength: length });
    fc.assert(
      fc.property(edits, fc.nat(length), (places, cut) => {
        const base = Array.from({ length }, (_, index) => index);
        const mark = (indices: readonly number[], by: number) => base.map((each) => (indices.includes(each) ? each + by : each));
        const [left, right] = [places.slice(0, cut), places.slice(cut)];
        const both = base.map((each) => each + (left.includes(each) ? 100 : right.includes(each) ? 200 : 0));
        expect(merged(base, mark(left, 100), mark(right, 200))).toEqual(clean(both));
      }),
    );
  });

  it('keeps an edit of the last element beside what the other appends', () => {
    expect(merged([1, 2], [1, 9], [1, 2, 3])).toEqual(clean([1, 9, 3]));
    expect(merged([1, 2], [1, 2, 3], [1, 9])).toEqual(clean([1, 9, 3]));
  });

  it('merges an element that both changed, and says where they disagree', () => {
    const base = [{ a: 1, b: 1 }, 'end'];
    expect(merged(base, [{ a: 2, b: 1 }, 'end'], [{ a: 1, b: 2 }, 'end'])).toEqual(clean([{ a: 2, b: 2 }, 'end']));
    expect(merged(base, ['new', { a: 2, b: 1 }, 'end'], [{ a: 3, b: 1 }, 'end']).conflicts).toEqual([
      { path: '', kind: 'list', from: 0, base: [base[0]], theirs: ['new', { a: 2, b: 1 }], ours: [{ a: 3, b: 1 }] },
    ]);
    expect(merged([0, 1], [0, 2], [0, 3]).conflicts).toEqual([{ path: '/1', kind: 'scalar', base: 1, theirs: 2, ours: 3 }]);
  });

  it('does not depend on the order of members', () => {
    expect(merged([{ a: 1, b: 2 }], [{ b: 2, a: 1 }, 3], [{ a: 1, b: 2 }, 4])).toEqual(clean([{ b: 2, a: 1 }, 3, 4]));
  });

  it('takes a list too repetitive to be compared as changed from end to end', () => {
    const same = Array.from({ length: 2_000 }, () => 0);
    expect(merged([5, ...same, 6], [7, ...same, 8], [9, ...same, 10]).conflicts).toHaveLength(2);
    expect(merged([5, ...same], [7, ...same, 8, 8], [5, ...same, 6]).conflicts).toHaveLength(0);
  });
});

describe('a merge of lists whose elements say who they are', () => {
  const list = (...entries: readonly [string, number][]) => entries.map(([id, n]) => ({ id, n }));

  it('merges each element wherever it stands', () => {
    const base = list(['a', 1], ['b', 1], ['c', 1]);
    expect(merged(base, list(['c', 1], ['a', 2], ['b', 1]), list(['a', 1], ['b', 3], ['c', 1]))).toEqual(
      clean(list(['c', 1], ['a', 2], ['b', 3])),
    );
  });

  it('keeps what both add, theirs first, behind what it was put behind', () => {
    const base = list(['a', 1], ['b', 1]);
    const theirs = list(['a', 1], ['t', 1], ['b', 1], ['u', 1]);
    const ours = list(['o', 1], ['a', 1], ['p', 1], ['b', 1], ['q', 1]);
    expect(merged(base, theirs, ours)).toEqual(clean(list(['o', 1], ['a', 1], ['t', 1], ['p', 1], ['b', 1], ['u', 1], ['q', 1])));
  });

  it('keeps every element that nobody removed, once, at any mixture of edits', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'));
    const keyedBy = (of: readonly string[]) => of.map((key) => ({ key }));
    fc.assert(
      fc.property(ids, ids, ids, (base, theirs, ours) => {
        const { value } = merged(keyedBy(base), keyedBy(theirs), keyedBy(ours));
        const kept = [...new Set([...base, ...theirs, ...ours])].filter(
          (id) => (theirs.includes(id) || !base.includes(id)) && (ours.includes(id) || !base.includes(id)),
        );
        expect((value as { key: string }[]).map(({ key }) => key).toSorted()).toEqual(kept.toSorted());
      }),
    );
  });

  it('tells of an element that one removed and the other changed, and of two orders', () => {
    const base = list(['a', 1], ['b', 1], ['c', 1]);
    expect(merged(base, list(['b', 1], ['c', 1]), list(['a', 2], ['b', 1], ['c', 1])).conflicts).toMatchObject([
      { path: '/0', kind: 'deletion', theirs: undefined, ours: { id: 'a', n: 2 } },
    ]);
    const swapped = merged(base, list(['b', 1], ['a', 1], ['c', 1]), list(['a', 1], ['c', 1], ['b', 1]));
    expect(swapped.conflicts).toMatchObject([{ path: '', kind: 'list' }]);
  });

  it('goes by place when an id is missing or taken twice', () => {
    expect(merged(list(['a', 1]), list(['a', 1], ['a', 2]), list(['a', 1], ['b', 3]))).toEqual(clean(list(['a', 1], ['a', 2], ['b', 3])));
  });
});

describe('a merge of texts', () => {
  const text = (lines: readonly string[]) => lines.join('\n');

  it('keeps changes of lines that do not touch', () => {
    const lines = ['0', '1', '2', '3', '4', '5'];
    const at = (index: number, by: string) => text(lines.map((line, place) => (place === index ? by : line)));
    fc.assert(
      fc.property(fc.nat(5), fc.nat(5), (mine, yours) => {
        fc.pre(Math.abs(mine - yours) > 1);
        const both = text(lines.map((line, place) => (place === mine ? 'mine' : place === yours ? 'yours' : line)));
        expect(merged(text(lines), at(mine, 'mine'), at(yours, 'yours'))).toEqual(clean(both));
      }),
    );
  });

  it('tells of each stretch of lines both changed, and has theirs there', () => {
    expect(merged('a\nb\nc\nd', 'a\nB\nc\nd', 'A\nb\nc\nD')).toEqual({
      value: 'a\nB\nc\nD',
      conflicts: [{ path: '', kind: 'text', from: 0, base: 'a\nb', theirs: 'a\nB', ours: 'A\nb' }],
    });
  });
});
