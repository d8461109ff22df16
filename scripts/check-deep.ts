/**
 * The laws at depth: every test file that knows `TROUPE_DEEP`, with many more runs, kills and points than a check has time for. It says what
 * each file has tried and how long it took, and ends after two hours at the latest: then what has not ended counts as failed. With arguments
 * only files whose paths hold one of them are run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { projectRoot } from './check/run-command.ts';
import { countsLine, countTests, type TestReport } from './check/test-counts.ts';

/** The whole of it takes no longer. */
const MOST_MS = 2 * 60 * 60_000;

/** What a file tries at depth: the numbers behind `TROUPE_DEEP === '1' ?`. */
const DEPTH = /TROUPE_DEEP === '1' \? ([\d_]+)/gu;

interface DeepFile {
  readonly file: string;
  readonly depths: readonly string[];
}

function deepFiles(): DeepFile[] {
  return readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => ({ file: join('test', name), text: readFileSync(join(projectRoot, 'test', name), 'utf8') }))
    .filter(({ text }) => text.includes('TROUPE_DEEP'))
    .map(({ file, text }) => ({ file, depths: [...text.matchAll(DEPTH)].map(([, depth = '']) => depth.replaceAll('_', ',')) }))
    .sort((one, other) => one.file.localeCompare(other.file));
}

/** Runs vitest on these files, seen while it runs. Resolves when it has ended, or was ended because the time is over. */
function run(files: readonly string[], reportFile: string): Promise<void> {
  return new Promise((resolve) => {
    const vitest = join(projectRoot, 'node_modules/.bin/vitest');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
    const child = spawn(vitest, ['run', '--project', 'production', ...reporters, ...files], {
      cwd: projectRoot,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, TROUPE_DEEP: '1' },
    });
    const over = setTimeout(() => child.kill('SIGTERM'), MOST_MS);
    child.on('close', () => {
      clearTimeout(over);
      resolve();
    });
  });
}

type FileReport = TestReport['testResults'][number] & { readonly name: string; readonly startTime: number; readonly endTime: number };

const scratch = mkdtempSync(join(tmpdir(), 'troupe-deep-'));
const reportFile = join(scratch, 'tests.json');
const wanted = process.argv.slice(2);
const files = deepFiles().filter(({ file }) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
await run(
  files.map(({ file }) => file),
  reportFile,
);

let report: TestReport | null = null;
try {
  report = JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport;
} catch {
  console.log('\nnothing was reported: it broke off, or its time was over');
}
rmSync(scratch, { recursive: true, force: true });

console.log('\nat depth');
const results = (report?.testResults ?? []) as readonly FileReport[];
for (const { file, depths } of files) {
  const result = results.find(({ name }) => relative(projectRoot, name) === file);
  const seconds = result === undefined ? 'not ended' : `${((result.endTime - result.startTime) / 1000).toFixed(0)} s`;
  const laws = result?.assertionResults.length ?? 0;
  console.log(
    `${result?.status === 'passed' ? 'ok    ' : 'FAILED'} ${file}: ${laws} tests, ${depths.join(' and ') || 'more'} runs or points each (${seconds})`,
  );
}
const counts = report === null ? { passed: 0, failed: 1 } : countTests(report);
console.log(countsLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
