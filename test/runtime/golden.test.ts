import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Workflow } from '../../src/definition/workflow.ts';
import type { Batch } from '../../src/protocol/journal.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type RunView, viewOf } from '../../src/runtime/run-view.ts';

const folder = new URL('./golden/', import.meta.url);

interface Golden {
  readonly workflow: Workflow;
  readonly journal: readonly Batch[];
  readonly view: RunView;
}

test.each(readdirSync(folder))('%s, as it was recorded then, folds to what it folded to then', (name) => {
  const { workflow, journal, view }: Golden = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  const folded = foldJournal('golden', workflow, journal);
  // Views may tell more than they did then.
  expect(JSON.parse(JSON.stringify(viewOf(folded, 0, 0)))).toMatchObject(view);
});
