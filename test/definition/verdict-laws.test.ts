import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractJson } from '../../src/definition/json-extraction.ts';
import { readJsonAt } from '../../src/definition/json-repair.ts';
import { readVerdict } from '../../src/definition/verdict.ts';
import type { Json } from '../../src/protocol/json.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const objects = fc.dictionary(fc.string({ maxLength: 8 }), json, { minKeys: 1, maxKeys: 5 });
const scraps = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ':',
        ',',
        '"status"',
        '"pass"',
        '"output":"',
        'status: fail',
        '<think>',
        '</think>',
        '```json\n',
        '```',
        '\n',
        '\\u12',
        'true',
        '1e',
        '-',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));
const personas = fc.constantFrom(undefined, 'tester-qa', 'context');

describe('laws of reading replies', () => {
  it('whatever comes in, there is a verdict, the same each time, and its payload is JSON', () => {
    fc.assert(
      fc.property(
        fc.oneof(scraps, fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })),
        personas,
        (reply, persona) => {
          const verdict = readVerdict(reply, persona === undefined ? {} : { persona });
          expect(['pass', 'fail', 'unknown']).toContain(verdict.status);
          expect(verdict.details).toBeTypeOf('string');
          expect(JSON.parse(JSON.stringify(verdict.payload))).toEqual(verdict.payload);
          expect(readVerdict(reply, persona === undefined ? {} : { persona })).toEqual(verdict);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('what cannot be turned into JSON is an empty reply', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = {
      toJSON: () => {
        throw new Error('no');
      },
    };
    for (const reply of [loop, proxy, hostile, 10n, Symbol('x'), () => 1])
      expect(readVerdict(reply)).toEqual({ status: 'unknown', details: '', payload: null });
  });

  it('data that nests too deeply is neither followed to the end of the stack nor taken in part', () => {
    const deep = `${'{"a":'.repeat(100_000)}{"status":"pass"}${'}'.repeat(100_000)}`;
    for (const reply of [deep, `{"output":${deep}}`, `{"status":"done","result":${deep}}`, `Well: ${deep}`, JSON.stringify(deep)]) {
      expect(readVerdict(reply).status).toBe('unknown');
      expect(extractJson(reply)).toBeNull();
    }
  });

  it('any object is found again, whatever prose and fences stand around it', () => {
    fc.assert(
      fc.property(
        objects,
        fc.constantFrom('', 'Here it is: ', '```json\n', '<think>{"a":1}</think> ', 'f() { return 1; } '),
        fc.constantFrom('', ' Done {x}.', '\n```\nbye'),
        (object, before, after) => {
          expect(extractJson(`${before}${JSON.stringify(object)}${after}`)).toEqual(JSON.parse(JSON.stringify(object)));
          expect(extractJson(`${before}${JSON.stringify(object, null, 2)}${after}`)).toEqual(JSON.parse(JSON.stringify(object)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('JSON that is whole is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.oneof(objects, fc.array(json)), (value) => {
        const text = JSON.stringify(value);
        expect(readJsonAt(` ${text} rest`, 1)).toEqual({ kind: 'whole', value: JSON.parse(text), end: text.length + 1 });
      }),
      { numRuns: 1000 },
    );
  });

  it('JSON that was cut anywhere is read up to there, and nothing is made up', () => {
    fc.assert(
      fc.property(objects, fc.double({ min: 0, max: 1, noNaN: true }), (object, share) => {
        const text = JSON.stringify(object);
        const cut = text.slice(0, 1 + Math.floor(share * (text.length - 2)));
        const reading = readJsonAt(cut, 0);
        expect(reading.kind).toBe('cut');
        if (reading.kind === 'cut') expect(isPartOf(reading.value, JSON.parse(text) as Json)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('a megabyte of anything is read in linear time', () => {
    const megabytes = [
      '{',
      '{"',
      '{"a":',
      '[{"a":1},',
      '<think>',
      '</think>',
      '\n',
      '"status":"',
      '"\\',
      '\\u12',
      '{"a":{',
      '{ ',
      'Status: x ',
      '```',
      '{"a":"b"} ',
      'not ',
    ];
    for (const piece of megabytes) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      for (const reply of [text, `{"output":"${text}`]) expect(readVerdict(reply, { persona: 'tester-qa' }).status).toBe('unknown');
    }
  });
});

/** True when every member and element of `part` is that of `whole`, and the last text may be a beginning. */
function isPartOf(part: Json, whole: Json | undefined): boolean {
  if (typeof part === 'string') return typeof whole === 'string' && whole.startsWith(part);
  if (Array.isArray(part)) return Array.isArray(whole) && part.every((item: Json, index) => isPartOf(item, whole[index] as Json));
  if (typeof part !== 'object' || part === null) return part === whole;
  return (
    typeof whole === 'object' &&
    whole !== null &&
    !Array.isArray(whole) &&
    Object.entries(part).every(([name, value]) => isPartOf(value as Json, (whole as Record<string, Json>)[name]))
  );
}
