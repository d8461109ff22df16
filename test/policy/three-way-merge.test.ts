import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeThreeWays } from '../../src/policy/three-way-merge.ts';
import { frozen } from '../../src/protocol/frozen.ts';
import type { Json } from '../../src/protocol/json.ts';
import { sameJson } from '../../src/protocol/same-json.ts';

/** Small data with few names, so that the sides meet often. */
const small: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, 1, 'x', 'a\nb', 'a\nb\nc\nd', 'a\nB\nc\nd'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.uniqueArray(fc.record({ id: fc.constantFrom('p', 'q', 'r', 1), n: fc.nat(2) }), { selector: ({ id }) => id, maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'constructor', 'toString'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const wild = fc.oneof(small, fc.jsonValue() as fc.Arbitrary<Json>);
const maybe = fc.option(wild, { nil: undefined });

const merged = (base: Json | undefined, theirs: Json | undefined, ours: Json | undefined) => mergeThreeWays(base, theirs, ours).value;
const conflicts = (base: Json | undefined, theirs: Json | undefined, ours: Json | undefined) =>
  mergeThreeWays(base, theirs, ours).conflicts.map(({ path, kind }) => [path, kind]);

describe('a three-way merge', () => {
  it('takes what only one side changed, and what both changed alike once', () => {
    fc.assert(
      fc.property(maybe, maybe, (base, changed) => {
        expect(mergeThreeWays(base, changed, base)).toEqual({ value: changed, conflicts: [] });
        expect(mergeThreeWays(base, base, changed)).toEqual({ value: changed, conflicts: [] });
        expect(mergeThreeWays(base, changed, changed)).toEqual({ value: changed, conflicts: [] });
      }),
    );
  });

  it('finds a conflict whichever side is called theirs', () => {
    fc.assert(
      fc.property(maybe, maybe, maybe, (base, a, b) => {
        expect(conflicts(base, a, b).length === 0).toBe(conflicts(base, b, a).length === 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of changes of different members keeps both, whatever the order, without a conflict', () => {
    const member = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const base = fc.dictionary(member, small);
    const changes = fc.dictionary(member, maybe);
    fc.assert(
      fc.property(base, changes, changes, (before, left, right) => {
        const disjoint = Object.fromEntries(Object.entries(right).filter(([key]) => !Object.hasOwn(left, key)));
        const [theirs, ours] = [defined({ ...before, ...left }), defined({ ...before, ...disjoint })];
        const both = defined({ ...before, ...left, ...disjoint });
        expect(mergeThreeWays(before, theirs, ours)).toEqual({ value: both, conflicts: [] });
        expect(mergeThreeWays(before, ours, theirs)).toEqual({ value: both, conflicts: [] });
      }),
    );
  });

  it('changes nothing it is given, and depends on nothing but that', () => {
    fc.assert(
      fc.property(maybe, maybe, maybe, (base, theirs, ours) => {
        const first = mergeThreeWays(base, theirs, ours);
        const again = mergeThreeWays(frozen(structuredClone(base)), frozen(structuredClone(theirs)), frozen(structuredClone(ours)));
        expect(again).toEqual(first);
      }),
    );
  });

  it('has theirs where there is a conflict', () => {
    fc.assert(
      fc.property(maybe, maybe, maybe, (base, theirs, ours) => {
        const result = mergeThreeWays(base, theirs, ours);
        for (const { path, from, theirs: taken } of result.conflicts) {
          if (path === '' && from === undefined) expect(sameJson(result.value, taken)).toBe(true);
        }
      }),
    );
  });

  it('tells scalars, kinds of things, deletions and the rest apart, with the way to them', () => {
    expect(conflicts({ a: 1 }, { a: 2 }, { a: 3 })).toEqual([['/a', 'scalar']]);
    expect(conflicts({ a: 'x' }, { a: 'y' }, { a: 'z' })).toEqual([['/a', 'scalar']]);
    expect(conflicts({ a: 1 }, { a: [2] }, { a: { b: 3 } })).toEqual([['/a', 'type']]);
    expect(conflicts({ a: { b: 1 } }, {}, { a: { b: 2 } })).toEqual([['/a', 'deletion']]);
    expect(conflicts({ a: 1 }, { a: { x: 1 } }, { a: { y: 1 } })).toEqual([['/a', 'map']]);
    expect(conflicts({ a: 1 }, { a: [1] }, { a: [2] })).toEqual([['/a', 'list']]);
    expect(conflicts({ a: 1 }, { a: 'one\ntwo' }, { a: 'three' })).toEqual([['/a', 'text']]);
    expect(conflicts({ 'a/b~c': [[1]] }, { 'a/b~c': [[2]] }, { 'a/b~c': [[3]] })).toEqual([['/a~1b~0c/0/0', 'scalar']]);
    expect(mergeThreeWays({ a: 1 }, {}, { a: 2 }).conflicts).toEqual([
      { path: '/a', kind: 'deletion', base: 1, theirs: undefined, ours: 2 },
    ]);
  });

  it('merges what both sides made of nothing', () => {
    for (const nothing of [undefined, null]) {
      expect(merged(nothing, { a: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
      expect(merged(nothing, [1], [2])).toEqual([1, 2]);
      expect(conflicts(nothing, { a: 1, c: 1 }, { a: 2, c: 1 })).toEqual([['/a', 'scalar']]);
      expect(conflicts(nothing, 'a\nb', 'c\nd')).toEqual([['', 'text']]);
    }
  });

  it('reads members of its own data only, and never writes a prototype', () => {
    expect(conflicts({}, { constructor: 1 }, { toString: 2 })).toEqual([]);
    const hostile = (text: string): Json => JSON.parse(`{"a": 1, "__proto__": {"polluted": ${text}}}`);
    const { value } = mergeThreeWays({ a: 0 }, hostile('1'), { b: 2 });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).not.toContain('__proto__');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

function defined(map: Record<string, Json | undefined>): Record<string, Json> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
