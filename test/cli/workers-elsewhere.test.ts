/** The command where work is done elsewhere and outlives it: real processes, one of which is killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleCommand } from '../../scripts/build/bundle-command.ts';
import { folderWith } from './some-files.ts';

const place = mkdtempSync(join(tmpdir(), 'troupe-elsewhere-'));
const command = join(place, 'troupe.mjs');
beforeAll(() => bundleCommand(command));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Workers that never end; what they are told is in a file. */
const FILES = {
  'workflow.yml': `name: far
steps:
  - { id: a, type: persona-request, persona: worker }
  - { id: b, type: persona-request, persona: worker }
`,
  'crew.yml': 'agents:\n  worker: { kind: module, module: ./far.mjs }\n',
  'far.mjs': `import { appendFileSync } from 'node:fs';
const told = (word, { key }) => appendFileSync('told.log', word + ' ' + key + '\\n');
export default {
  id: 'far',
  begin(task, { progress }) { told('begin', task); progress('at work'); return new Promise(() => setInterval(() => {}, 1e6)); },
  cancel: async (task) => told('cancel', task),
  leave: (task) => told('leave', task),
};
`,
};

/** Runs the command to its end, or until it has said a line so many times: then it is killed with -9. */
async function run(cwd: string, words: readonly string[], killedAt: { line: RegExp; times: number } | null = null) {
  const child = spawn(process.execPath, [command, ...words], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  let left = killedAt?.times ?? 0;
  for await (const line of createInterface({ input: child.stdout })) if (killedAt?.line.test(line) && --left === 0) child.kill('SIGKILL');
  return ended;
}

it('a run that nobody runs is cancelled: its workers are told, though its host was killed; one that stops leaves them alone', async () => {
  const cwd = folderWith(FILES);
  const told = () => readFileSync(join(cwd, 'told.log'), 'utf8').trim().split('\n').sort();
  expect(await run(cwd, ['run', '.', '--id', 'x', '--json'], { line: /at work/, times: 2 })).toBe('SIGKILL');
  expect(told()).toEqual(['begin x/a#1', 'begin x/b#1']);
  expect(await run(cwd, ['signal', 'x', 'unrelated'])).toBe(0);
  expect(told()).toEqual(['begin x/a#1', 'begin x/b#1']);
  expect(await run(cwd, ['cancel', 'x'])).toBe(0);
  expect(told()).toEqual(['begin x/a#1', 'begin x/b#1', 'cancel x/a#1', 'cancel x/b#1']);
});
