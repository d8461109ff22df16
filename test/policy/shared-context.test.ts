import fc from 'fast-check';
import { applyPatches } from 'immer';
import { describe, expect, it } from 'vitest';
import { type CommitResult, commit, commitResolved } from '../../src/policy/context-commit.ts';
import {
  draftOf,
  openContext,
  provenanceOf,
  resetTo,
  type SharedContext,
  sealed,
  snapshotOf,
  valuesOf,
} from '../../src/policy/shared-context.ts';
import { frozen } from '../../src/protocol/frozen.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';

const KEYS = ['a', 'b', 'c'];
const value: fc.Arbitrary<Json> = fc.oneof(
  fc.nat(3),
  fc.array(fc.nat(3), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('x', 'y', 'constructor'), fc.nat(3)),
  fc.constant('one\ntwo\nthree'),
);
const writes = fc.dictionary(fc.constantFrom(...KEYS), value);

/** A commit over what is there now. */
const set = (context: SharedContext, by: string, values: JsonObject, at = 0): SharedContext =>
  commit(context, { by, at, view: snapshotOf(context, KEYS, KEYS).view, writes: values, reads: [] }).context;

const from = (seen: SharedContext, now: SharedContext, by: string, values: JsonObject, reads: readonly string[] = []): CommitResult =>
  commit(now, { by, at: 0, view: snapshotOf(seen, KEYS, KEYS).view, writes: values, reads });

describe('the shared context', () => {
  it('shows the values of one moment, null where a key has none', () => {
    const context = openContext({ a: 1 }, 5);
    const { snapshot, view } = snapshotOf(context, ['a', 'b'], ['b']);
    set(context, 's', { a: 2 });
    expect(snapshot).toEqual({ version: 1, values: { a: 1, b: null }, writable: ['b'] });
    expect(view.keys).toEqual({ a: { version: 1, value: 1 }, b: { version: 0, value: undefined } });
    expect(openContext({}, 5).version).toBe(0);
  });

  it('never changes a context that somebody holds', () => {
    fc.assert(
      fc.property(writes, writes, writes, (initial, first, second) => {
        const before = frozen(openContext(initial, 0));
        const copy = structuredClone({ keys: before.keys, version: before.version });
        const [left, right] = [set(before, 's', first), set(before, 't', second)];
        set(left, 'u', second);
        expect({ keys: before.keys, version: before.version }).toEqual(copy);
        expect([...before.changes].every(({ by }) => by === null)).toBe(true);
        expect([...right.changes].every(({ by }) => by === null || by === 't')).toBe(true);
      }),
    );
  });

  it('has the same values in whatever order disjoint writes arrive', () => {
    fc.assert(
      fc.property(writes, writes, writes, (initial, left, right) => {
        const seen = openContext(initial, 0);
        const disjoint = Object.fromEntries(Object.entries(right).filter(([key]) => !Object.hasOwn(left, key)));
        const one = from(seen, from(seen, seen, 's', left).context, 't', disjoint);
        const other = from(seen, from(seen, seen, 't', disjoint).context, 's', left);
        expect(valuesOf(one.context)).toEqual(valuesOf(other.context));
        expect([...one.conflicts, ...other.conflicts]).toEqual([]);
      }),
    );
  });

  it('takes all of a write or nothing of it', () => {
    fc.assert(
      fc.property(writes, writes, writes, (initial, first, second) => {
        const seen = openContext(initial, 0);
        const now = set(seen, 's', first);
        const result = from(seen, now, 't', second);
        if (result.conflicts.length > 0) {
          expect(result.context).toBe(now);
          expect(result.updated).toEqual([]);
        }
        for (const key of result.updated) expect(result.context.keys[key]).toMatchObject({ version: now.version + 1, by: 't' });
        for (const key of result.merged) expect(result.updated).toContain(key);
      }),
    );
  });

  it('always tells of a read key that has changed since', () => {
    fc.assert(
      fc.property(writes, fc.array(writes, { maxLength: 3 }), writes, (initial, between, own) => {
        const seen = openContext(initial, 0);
        const now = between.reduce<SharedContext>((context, values, index) => set(context, `s${index}`, values), seen);
        const { stale, conflicts, context } = from(seen, now, 't', own, KEYS);
        const changed = KEYS.filter((key) => seen.keys[key]?.version !== now.keys[key]?.version);
        const told = stale.map(({ key }) => key);
        const inConflict = conflicts.map(({ key }) => key);
        expect(changed.filter((key) => inConflict.includes(key) && !told.includes(key))).toEqual([]);
        expect(changed.filter((key) => !Object.hasOwn(own, key) && !told.includes(key))).toEqual([]);
        expect(told.filter((key) => !changed.includes(key))).toEqual([]);
        // What was read, changed, and not told is in the merge: the key was written over what others made of it.
        expect(changed.filter((key) => !told.includes(key)).every((key) => context.keys[key] !== undefined)).toBe(true);
      }),
    );
  });

  it('tells who changed a stale key, and counts handing back what one was given as reading', () => {
    const seen = openContext({ a: [1], b: 0 }, 0);
    const now = set(seen, 'root/other', { a: [1, 2] });
    const { stale, context } = from(seen, now, 'root/own', { a: [1], b: 5 }, ['a', 'b']);
    expect(stale).toEqual([{ key: 'a', seen: 1, now: 2, by: 'root/other' }]);
    expect(valuesOf(context)).toEqual({ a: [1, 2], b: 5 });
  });

  it('tells what both sides made of a key, and where they disagree', () => {
    const seen = openContext({ a: { x: 0, y: 0 } }, 0);
    const now = set(seen, 's', { a: { x: 1, y: 0 } });
    expect(from(seen, now, 't', { a: { x: 2, y: 3 } }).conflicts).toEqual([
      {
        key: 'a',
        base: { x: 0, y: 0 },
        theirs: { x: 1, y: 0 },
        ours: { x: 2, y: 3 },
        theirsBy: 's',
        inner: [{ path: '/x', kind: 'scalar', base: 0, theirs: 1, ours: 2 }],
      },
    ]);
  });

  it('settles a conflict with the rest of what the writer left, unless the key has moved on again', () => {
    const seen = openContext({ a: 0 }, 0);
    const now = set(seen, 's', { a: 1 });
    const rest = { by: 't', at: 9, view: snapshotOf(seen, KEYS, KEYS).view, writes: { a: 2, b: 'rest' }, values: { a: 3 } };
    const settled = commitResolved(now, { ...rest, over: snapshotOf(now, ['a'], []).view });
    expect(valuesOf(settled.context)).toEqual({ a: 3, b: 'rest' });
    expect(provenanceOf(settled.context, 'a').map(({ how }) => how)).toEqual(['set', 'set', 'resolved']);
    const later = set(now, 'u', { a: 4 });
    expect(commitResolved(later, { ...rest, over: snapshotOf(now, ['a'], []).view }).conflicts).toMatchObject([
      { key: 'a', theirsBy: 'u' },
    ]);
  });

  it('goes back to a checkpoint in values, never in versions', () => {
    fc.assert(
      fc.property(writes, fc.array(writes, { maxLength: 3 }), (initial, between) => {
        const checkpoint = openContext(initial, 0);
        const now = between.reduce<SharedContext>((context, values) => set(context, 's', values), checkpoint);
        const back = resetTo(now, checkpoint, 7);
        expect(valuesOf(back)).toEqual(valuesOf(checkpoint));
        expect(resetTo(back, checkpoint, 8)).toBe(back);
        for (const key of KEYS) {
          const [last] = provenanceOf(back, key).slice(-1);
          expect(back.keys[key]?.version ?? 0).toBeGreaterThanOrEqual(now.keys[key]?.version ?? 0);
          if (last !== undefined && last.version > now.version) expect(last).toMatchObject({ how: 'reset', at: 7 });
        }
        expect(
          from(now, back, 't', {}, KEYS)
            .stale.map(({ key }) => key)
            .toSorted(),
        ).toEqual(KEYS.filter((key) => back.keys[key]?.version !== now.keys[key]?.version));
      }),
    );
  });

  it('can be told again from its changes alone', () => {
    fc.assert(
      fc.property(writes, fc.array(writes, { maxLength: 5 }), (initial, between) => {
        const context = between.reduce<SharedContext>((now, values) => set(now, 's', values), openContext(initial, 0));
        const told: Record<string, Json | undefined> = {};
        for (const { key, patches } of context.changes) told[key] = applyPatches({ value: told[key] }, prefixed(patches)).value;
        expect(told).toEqual(valuesOf(context));
      }),
    );
  });

  it('does not copy its history: ten thousand commits share one', () => {
    let context = openContext({ a: 0 }, 0);
    const early = context;
    for (let count = 1; count <= 10_000; count++) context = set(context, 's', { a: count });
    expect([context.changes.length, early.changes.length, context.version]).toEqual([10_001, 1, 10_001]);
  });

  it('has no key through which code could be reached', () => {
    for (const key of ['__proto__', 'constructor']) {
      expect(() => openContext(JSON.parse(`{"${key}": 1}`), 0)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
    }
    expect(snapshotOf(openContext({}, 0), ['toString'], []).snapshot.values).toEqual({ toString: null });
  });
});

/** Patches of a value as patches of what holds it: a value that is no container can only be replaced within one. */
function prefixed(patches: Parameters<typeof applyPatches>[1]): Parameters<typeof applyPatches>[1] {
  return patches.map((patch) => ({ ...patch, path: ['value', ...patch.path] }));
}

it('a draft takes commits in as a context does, and leaves the context it was made of as it was', () => {
  const start = openContext({ a: 1, b: 2 }, 0);
  const write = (context: SharedContext, key: string, value: number) =>
    commit(context, { by: 's', at: 1, view: snapshotOf(context, [], [key]).view, writes: { [key]: value }, reads: [] }).context;
  const plain = write(write(start, 'a', 5), 'c', 6);
  const drafted = sealed(write(write(draftOf(start), 'a', 5), 'c', 6));
  expect([drafted.version, valuesOf(drafted), [...drafted.changes]]).toEqual([plain.version, valuesOf(plain), [...plain.changes]]);
  expect(valuesOf(start)).toEqual({ a: 1, b: 2 });
  expect(valuesOf(write(drafted, 'a', 7))).toEqual({ a: 7, b: 2, c: 6 });
  expect(valuesOf(drafted)).toEqual({ a: 5, b: 2, c: 6 });
});
