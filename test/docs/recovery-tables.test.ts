// What docs/failures.md says of recovery is held against the form it speaks of.
import { expect, test } from 'vitest';
import { CUSTOM_STEP_FORM } from '../../src/definition/native-schema.ts';
import { RECOVERY_USES } from '../../src/definition/recovery-settings.ts';
import { readPage, table } from './page.ts';

const rows = table(readPage('failures.md'), 'recovery');
const named = (cell: string) => (cell.replace(/\([^)]*\)/gu, '').match(/\w+/gu) ?? []).filter((word) => word !== 'none');

test('every strategy is listed, and every key of one', () => {
  expect(rows.flatMap(([strategy = '']) => named(strategy))).toEqual([...RECOVERY_USES]);
  const form = CUSTOM_STEP_FORM.shape.recovery.unwrap().options[1];
  const keys = Object.keys(form.shape).filter((key) => key !== 'use' && key !== 'budget');
  expect(rows.flatMap(([, own = '']) => named(own)).sort()).toEqual(keys.sort());
});
