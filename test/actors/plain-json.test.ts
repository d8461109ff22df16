import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, MAX_JSON_SIZE, NotPlainJson, readPlainJson } from '../../src/actors/plain-json.ts';

const problemOf = (value: unknown): string => {
  const read = readPlainJson(value);
  return read instanceof NotPlainJson ? `${read.path} ${read.problem}` : 'fine';
};

describe('plain JSON', () => {
  it('every JSON value is read as itself, in a copy that shares nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__"'));
        const read = readPlainJson(value);
        expect(JSON.stringify(read)).toBe(JSON.stringify(value));
        if (typeof value === 'object' && value !== null) expect(read).not.toBe(value);
      }),
    );
  });

  it('whatever is read survives a round through text, and reading never throws', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true }),
        (value) => {
          const read = readPlainJson(value);
          if (!(read instanceof NotPlainJson))
            expect(readPlainJson(JSON.parse(JSON.stringify(read)))).toEqual(JSON.parse(JSON.stringify(read)));
        },
      ),
    );
  });

  it('undefined is null at the top and in lists, and left out of objects, as in JSON.stringify', () => {
    expect(readPlainJson(undefined)).toBe(null);
    expect(readPlainJson([1, undefined])).toEqual([1, null]);
    expect(Object.keys(readPlainJson({ a: undefined, b: 1 }) as object)).toEqual(['b']);
  });

  it.each([
    [{ a: [0, { b: () => 1 }] }, '.a[1].b is a function'],
    [10n, ' is a bigint'],
    [{ 'odd key': Symbol('x') }, '["odd key"] is a symbol'],
    [[Number.NaN], '[0] is NaN'],
    [{ n: Number.POSITIVE_INFINITY }, '.n is Infinity'],
    [{ at: new Date(0) }, '.at is an instance of Date, not a plain object'],
    [new Map(), ' is an instance of Map, not a plain object'],
    [{ bytes: Buffer.from('x') }, '.bytes is an instance of Buffer, not a plain object'],
    [JSON.parse('{"a": {"__proto__": 1}}'), '.a.__proto__ is a forbidden key'],
  ])('%o is refused with its path: %s', (value, problem) => {
    expect(problemOf(value)).toBe(problem);
  });

  it('a cycle is called a cycle, however wide it is, with the path on which it closes', () => {
    const small: Record<string, unknown> = { list: [] };
    small.list = [{ back: small }];
    expect(problemOf(small)).toBe('.list[0].back contains itself (a cycle)');
    const wide: unknown[] = ['x'.repeat(1024 * 1024)];
    wide.push(wide);
    expect(problemOf(wide)).toBe('[1] contains itself (a cycle)');
  });

  it('what is met twice without a cycle is copied twice', () => {
    const shared = { x: 1 };
    expect(readPlainJson([shared, shared])).toEqual([{ x: 1 }, { x: 1 }]);
  });

  it('the limit of size counts texts, keys and shared parts alike', () => {
    expect(problemOf('x'.repeat(MAX_JSON_SIZE + 1))).toContain('16 MB');
    expect(problemOf({ ['k'.repeat(MAX_JSON_SIZE)]: 1 })).toContain('16 MB');
    let doubling: unknown = 'x'.repeat(1_000);
    for (let level = 0; level < 60; level++) doubling = [doubling, doubling];
    expect(problemOf(doubling)).toContain('16 MB');
    expect(problemOf(new Array(4_000_000_000))).toContain('16 MB');
  });

  it('the limit of depth ends recursion long before the stack does', () => {
    let deep: unknown = 1;
    for (let level = 0; level < MAX_JSON_DEPTH; level++) deep = [deep];
    expect(problemOf(deep)).toBe('fine');
    expect(problemOf([deep])).toContain(`deeper than ${MAX_JSON_DEPTH}`);
    let bottomless: unknown = 1;
    for (let level = 0; level < 200_000; level++) bottomless = { a: bottomless };
    expect(problemOf(bottomless)).toContain('deeper than');
  });

  it('getters are called once and may throw without harm; proxies too', () => {
    let called = 0;
    expect(
      readPlainJson({
        get n() {
          called += 1;
          return called;
        },
      }),
    ).toEqual({ n: 1 });
    const trap = {
      ok: 1,
      inner: {
        get bad(): number {
          throw new Error('no');
        },
      },
    };
    expect(problemOf(trap)).toBe('.inner cannot be read: a getter or a proxy threw');
    expect(
      problemOf(
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
      ),
    ).toContain('cannot be read');
  });

  it('objects of another realm and objects without a prototype are plain', () => {
    expect(readPlainJson(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 });
  });
});
