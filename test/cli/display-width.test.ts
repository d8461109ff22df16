import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, padLeft, padRight, truncate } from '../../src/cli/text/display-width.ts';
import { table } from '../../src/cli/text/table.ts';

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('a', '漢', 'é', '́', '🚀', '…') }));

describe('the width of a text', () => {
  it.each([
    ['plain', 5],
    ['', 0],
    ['漢字', 4],
    ['e\u0301', 1],
    ['🚀 go', 5],
    ['한국어', 6],
    ['●✓↻', 3],
  ])('%j takes %i cells', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('a cut text is never wider than it may be, and ends in an ellipsis exactly when something was cut', () => {
    fc.assert(
      fc.property(anyText, fc.nat(30), (text, width) => {
        const cut = truncate(text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width) expect(cut).toBe(text);
        else if (width > 0) expect(cut.endsWith('…')).toBe(true);
      }),
    );
  });

  it('a padded text is exactly as wide as it should be', () => {
    fc.assert(
      fc.property(anyText, fc.nat(30), (text, width) => {
        expect(displayWidth(padRight(text, width))).toBe(width);
        expect(displayWidth(padLeft(text, width))).toBe(width);
      }),
    );
  });
});

describe('a table', () => {
  it('lines its columns up and leaves out columns without anything in them', () => {
    const columns = [{ title: 'RUN' }, { title: 'NOTHING' }, { title: 'TOOK', align: 'right' as const }];
    expect(
      table(
        columns,
        [
          ['a', '', '1 s'],
          ['long-one', '', '12 s'],
        ],
        40,
      ),
    ).toEqual(['RUN       TOOK', 'a          1 s', 'long-one  12 s']);
  });

  it('is never wider than it may be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyText, { minLength: 3, maxLength: 3 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        (rows, width) => {
          for (const line of table([{ title: 'A' }, { title: 'BB', align: 'right' }, { title: 'CCC' }], rows, width)) {
            expect(displayWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});
