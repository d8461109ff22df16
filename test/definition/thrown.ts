import { expect } from 'vitest';
import { TroupeError } from '../../src/protocol/errors.ts';

/** The TroupeError that `work` throws; anything else it does fails the test. */
export function thrownBy(work: () => unknown): TroupeError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(TroupeError);
    if (error instanceof TroupeError) return error;
  }
  throw new Error('nothing was thrown');
}
