import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineNotes } from '../../src/actors/programs/line-notes.ts';
import { decodeUtf8, HeadCapture, TailCapture } from '../../src/actors/programs/output-capture.ts';
import type { Json } from '../../src/protocol/json.ts';

const chunks = fc.array(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 30 },
);

describe('captured output', () => {
  it('the head is the first bytes and says when there were more, however they come in pieces', () => {
    fc.assert(
      fc.property(chunks, fc.nat({ max: 300 }), (list, limit) => {
        const head = new HeadCapture(limit);
        const fits = list.map((chunk) => head.add(chunk)).every(Boolean);
        const all = Buffer.concat(list);
        expect([head.bytes().equals(all.subarray(0, limit)), fits]).toEqual([true, all.length <= limit]);
      }),
    );
  });

  it('the tail is the last bytes, from the start of a character on', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 30 }), fc.integer({ min: 8, max: 200 }), (texts, limit) => {
        const tail = new TailCapture(limit);
        for (const text of texts) tail.add(Buffer.from(text));
        const kept = tail.bytes();
        const all = Buffer.from(texts.join(''));
        expect(kept.length).toBeLessThanOrEqual(limit);
        expect(kept.length).toBeGreaterThan(Math.min(limit, all.length) - 4);
        expect(all.subarray(all.length - kept.length).equals(kept)).toBe(true);
        expect(decodeUtf8(kept).replaced).toBe(false);
      }),
    );
  });

  it('decoding never fails and says when something was replaced', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const { text, replaced } = decodeUtf8(Buffer.from(bytes));
        if (!replaced) expect(Buffer.from(text).length).toBeGreaterThanOrEqual(bytes.length - 3);
        else expect(text).toContain('\ufffd');
      }),
    );
  });
});

describe('lines as notes', () => {
  const told = (list: readonly Buffer[], now = () => 0): Json[] => {
    const notes: Json[] = [];
    const lines = new LineNotes('stdout', (note) => notes.push(note), now);
    for (const chunk of list) lines.add(chunk);
    lines.end();
    return notes;
  };

  it('lines are whole, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme', maxLength: 8 }).filter((line) => !/[\r\n]/.test(line)),
          { maxLength: 20 },
        ),
        fc.integer({ min: 1, max: 7 }),
        (lines, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
          expect(told(pieces)).toEqual(lines.map((line) => ({ stream: 'stdout', line })));
        },
      ),
    );
  });

  it('beyond the rate lines are counted, and every line is either passed or counted', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 400 }), { maxLength: 200 }), (steps) => {
        let now = 0;
        const clock = steps.map((step) => (now += step));
        let at = 0;
        const notes = told(
          steps.map((_, n) => Buffer.from(`${n}\n`)),
          () => clock[at++] ?? now,
        );
        const passed = notes.filter((note) => Object.hasOwn(note as object, 'line')).length;
        const dropped = notes.reduce<number>((sum, note) => sum + Number((note as { dropped?: number }).dropped ?? 0), 0);
        expect(passed + dropped).toBe(steps.length);
        expect(passed).toBeLessThanOrEqual(50 * (Math.floor(now / 1_000) + 1));
      }),
    );
  });

  it('a line without an end does not grow, and is told cut', () => {
    const [note, ...more] = told(Array.from({ length: 1_000 }, () => Buffer.alloc(10_000, 120)));
    expect([(note as { line: string }).line.length, more]).toEqual([2_001, []]);
  });

  it('line ends of other systems are line ends', () => {
    expect(told([Buffer.from('a\r\nb')])).toEqual([
      { stream: 'stdout', line: 'a' },
      { stream: 'stdout', line: 'b' },
    ]);
  });
});
