import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf } from '../../src/storage/file-name.ts';

const anyId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('.', '/', '\\', '%', '~', 'a', '\0', '\ud800', '\udfff', ':'), maxLength: 200 }),
);

describe('the file name of an id', () => {
  it('is made of harmless characters and is short, whatever the id', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        expect(fileNameOf(id)).toMatch(/^[A-Za-z0-9_%~-]{1,120}$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('belongs to one id only', () => {
    fc.assert(
      fc.property(anyId, anyId, (one, other) => {
        expect(fileNameOf(one) === fileNameOf(other)).toBe(one === other);
      }),
      { numRuns: 1000 },
    );
    const traps = [
      '',
      '%',
      '.',
      '..',
      '%2E',
      '%u00FC',
      'ü',
      '\u00fc',
      '\ud800',
      '\ud801',
      'x'.repeat(120),
      'x'.repeat(121),
      'x'.repeat(122),
    ];
    const distinct = new Set(traps);
    expect(new Set([...distinct].map(fileNameOf)).size).toBe(distinct.size);
  });

  it('is the id itself for the ids that we draw', () => {
    expect(fileNameOf('V1StGXR8_Z5jdHi6B-myT')).toBe('V1StGXR8_Z5jdHi6B-myT');
    expect(fileNameOf('../etc')).toBe('%2E%2E%2Fetc');
  });
});
