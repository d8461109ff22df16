// What the pages say about asking people is held against the code.
import { expect, test } from 'vitest';
import { type Criticality, isOverseen, OVERSIGHT_MODES, type OversightMode } from '../../src/definition/oversight.ts';
import { readPage, table } from './page.ts';

test('which tasks people approve before they begin', () => {
  const levels: Criticality[] = ['low', 'medium', 'high', 'critical'];
  const rows = OVERSIGHT_MODES.map((mode: OversightMode) => [
    mode,
    ...levels.map((level) => (isOverseen(mode, level) ? 'asks' : 'begins')),
  ]);
  expect(table(readPage('workflow-files.md'), 'oversight')).toEqual(rows);
});
