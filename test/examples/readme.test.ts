import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { completed, formatDiagnostic, loadCrew, loadWorkflowSync, type Work } from 'troupe';
import { simulate } from 'troupe/testing';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { commandNames } from '../cli/command-names.ts';
import { ROOT } from './opened-example.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

function sectionOf(heading: string): string {
  const [, after = ''] = readme.split(`\n## ${heading}\n`);
  const [section = ''] = after.split('\n## ');
  return section;
}

/** The YAML files under a heading of the README. */
function filesUnder(heading: string): string[] {
  const files = Array.from(sectionOf(heading).matchAll(/^```yaml\n([\s\S]*?)^```$/gmu), ([, file = '']) => file);
  if (files.length === 0) throw new Error(`the README has no file under "${heading}"`);
  return files;
}

const fileUnder = (heading: string): string => filesUnder(heading)[0] ?? '';

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

test('the crew of the README can do what its workflow requires, within the limits', async () => {
  const [crewFile = '', file = ''] = filesUnder('Crews, and what there is of everything');
  const { crew, diagnostics } = await loadCrew(crewFile, { text: true });
  const read = loadWorkflowSync(file, { text: true, personas: crew?.agents.flatMap(({ personas }) => personas) ?? [] });
  expect([...diagnostics, ...read.diagnostics].map((one) => formatDiagnostic(one))).toEqual([]);
  if (read.workflow === null) throw new Error('it does not load');
  const coder = ['ann', 'ben'].map((id) => ({
    id,
    capabilities: ['sql'],
    perform: async () => ({ ok: true as const, output: id, usage: { tokens: 5_000 } }),
  }));
  const { outputs, view } = await simulate(read.workflow, { crew: { personas: { coder } }, input: { tables: ['a', 'b', 'c'] } });
  expect(outputs).toEqual({ schema: expect.any(String), tables: [expect.any(String), expect.any(String), expect.any(String)] });
  expect(view.budget).toMatchObject({ tokens: 200_000, spent: 20_000, accounts: [{ path: 'tables', tokens: 120_000, spent: 15_000 }] });
});

test('the README names every command once, and counts the dependencies right', () => {
  const section = sectionOf('From the command line');
  const named = Array.from(section.matchAll(/^node dist\/cli\.js (\w+)|`(\w+)(?: -f)?`/gmu), ([, shown, told]) => shown ?? told ?? '');
  expect(named.toSorted()).toEqual(commandNames().toSorted());
  const words = ['six', 'seven', 'eight', 'nine', 'ten', 'eleven'];
  const [, count = ''] = readme.match(/\*\*Small\.\*\* (\w+) dependencies/u) ?? [];
  expect(words.indexOf(count.toLowerCase()) + 6).toBe(Object.keys(packageJson.dependencies).length);
});
