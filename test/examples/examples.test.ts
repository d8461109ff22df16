import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from 'troupe/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { exampleFile, openExample, ROOT } from './opened-example.ts';

const folders: string[] = [];
const emptyFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-example-'));
  folders.push(folder);
  return folder;
};

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs a TypeScript file as a user would, with the package's name resolving to its source. */
function runFile(file: string, cwd: string, env: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
      cwd,
      env: { ...process.env, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.json'), NODE_NO_WARNINGS: '1', ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

describe('the project loop', () => {
  test('plans, implements at the second attempt, tests, and reviews from two sides at once', async () => {
    const { workflow, crew } = await openExample('project-loop');
    const end = await simulate(workflow, { crew });
    expect(end.history).toEqual([
      ['planning', 'completed'],
      ['plan-evaluation', 'completed'],
      ['implementation', 'completed'],
      ['qa', 'completed'],
      ['rework', 'skipped'],
      ['code-review', 'completed'],
      ['security-review', 'completed'],
      ['reviews', 'completed'],
    ]);
    expect(end.view.steps.find((step) => step.path === 'implementation')?.attempts).toBe(2);
    expect(end.outputs).toEqual({
      branch: 'feat/rate-limit',
      files: ['src/rate-limit.ts', 'src/server.ts'],
      tests: { total: 12, passed: 12, failed: 0 },
      findings: ['name the window in seconds', 'limit by account as well as by address'],
    });
  });
});

describe('verifying this repository', () => {
  test('starts real programs, side by side where they may be, and sums up what they found', async () => {
    const { workflow, crew } = await openExample('verify-repo');
    const { createRuntime } = await import('troupe');
    const runtime = await createRuntime({ crew });
    const result = await (await runtime.start(workflow)).result();
    await runtime.stop();
    await crew.close();
    expect(result.status).toBe('completed');
    expect(result.outputs).toEqual({ summary: 'types  ok\nstyle  ok\ntests  ok\n' });
  }, 240_000);
});

describe('embedding', () => {
  test('the first twenty lines of the README are the example, and they run', async () => {
    const code = readFileSync(exampleFile('embed/release.ts'), 'utf8');
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(code.trim());
    const { code: exit, output } = await runFile(exampleFile('embed/release.ts'), emptyFolder());
    expect(output.trim().split('\n')).toEqual([
      'run.started ',
      'task.started plan',
      'step.settled plan',
      'task.started build',
      'step.settled build',
      'run.ended ',
      '{',
      "  plan: { files: [ 'a.ts', 'b.ts' ] },",
      "  build: { built: [ 'a.ts', 'b.ts' ], stopped: false }",
      '}',
    ]);
    expect(exit).toBe(0);
  });
});

describe('the inspector', () => {
  test('is shown every actor of a run while it runs', async () => {
    const port = await freePort();
    const { code, output } = await runFile(exampleFile('inspector/live.ts'), ROOT, { PORT: String(port) });
    expect(output).toBe(`open http://localhost:${port}\nproject-loop completed\n`);
    expect(code).toBe(0);
  });
});
