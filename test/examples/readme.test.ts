import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { completed, formatDiagnostic, loadWorkflowSync, type Work } from 'troupe';
import { simulate } from 'troupe/testing';
import { expect, test } from 'vitest';
import { ROOT } from './opened-example.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The first YAML file under a heading of the README. */
function fileUnder(heading: string): string {
  const [, section = ''] = readme.split(`\n## ${heading}\n`);
  const [, file] = /^```yaml\n([\s\S]*?)^```$/mu.exec(section) ?? [];
  if (file === undefined) throw new Error(`the README has no file under "${heading}"`);
  return file;
}

test('the team of the README meets, merges and disagrees as is said there', async () => {
  const { workflow, diagnostics } = loadWorkflowSync(fileUnder('Teams that meet, merge and disagree'), { text: true });
  expect(diagnostics.map((one) => formatDiagnostic(one))).toEqual([]);
  if (workflow === null) throw new Error('it does not load');
  const builder = (note: string, version: number) => () => completed('built', { writes: { notes: [note], version } });
  const asked: unknown[] = [];
  const lead = ({ task }: Work) => {
    asked.push(task.params.guidance ?? task.params.ballots);
    return task.params.conflicts === undefined ? 'yes' : { values: { version: 3 } };
  };
  const personas = {
    core: builder('faster', 3),
    docs: builder('clearer', 2),
    lead,
    security: () => 'no',
    tester: ({ task }: Work) => task.params.note ?? 'yes',
    editor: () => 'later',
  };
  const { outputs, view } = await simulate(workflow, { crew: { personas } });
  expect(view.shared?.keys).toMatchObject({ notes: { value: ['faster', 'clearer'] }, version: { value: 3 } });
  expect(outputs).toMatchObject({ panel: { choice: 'yes', margin: 0 }, checks: ['faster', 'clearer'] });
  expect(asked).toEqual(['the higher version counts', [expect.anything(), expect.anything(), expect.anything()]]);
});
