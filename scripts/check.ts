/**
 * Everything that must hold before a change is taken, as CI runs it. Every check runs even when an earlier one failed; a check
 * that passes takes one line. The last line is the count of the tests; a check that failed counts there as a failure too.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CommandResult, projectRoot, runCommand, runInTurn } from './check/run-command.ts';
import { countsLine, countTests, type TestReport } from './check/test-counts.ts';

const scratch = mkdtempSync(join(tmpdir(), 'troupe-check-'));
const failures: string[] = [];

async function check(name: string, work: () => Promise<CommandResult>): Promise<void> {
  const began = performance.now();
  const { ok, output } = await work();
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (ok) return;
  failures.push(name);
  console.log(`${output.trim()}\n`);
}

async function packageHolds(): Promise<CommandResult> {
  const packed = await runInTurn([['npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', scratch]]);
  const tarball = join(scratch, packed.output.trim().split('\n').at(-1) ?? '');
  if (!packed.ok || !existsSync(tarball)) return { ok: false, output: packed.output };
  // Unpacked beside the installed dependencies, it must work with nothing but the files it brings along.
  symlinkSync(join(projectRoot, 'node_modules'), join(scratch, 'node_modules'), 'dir');
  const doors = ['index.js', 'testing/index.js'].map((file) => JSON.stringify(pathToFileURL(join(scratch, 'package', 'dist', file)).href));
  return runInTurn([
    ['publint', 'run', tarball, '--strict'],
    ['attw', tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji'],
    ['tar', '-xzf', tarball, '-C', scratch],
    ['node', '--input-type=module', '--eval', doors.map((door) => `import ${door};`).join(' ')],
    ['node', join(scratch, 'package', 'dist', 'cli.js'), '--help'],
  ]);
}

await check('format, lint, import rules (biome)', () => runInTurn([['biome', 'ci', '--colors=off']]));
await check('types (tsc)', () => runInTurn([['tsc', '--noEmit', '--pretty', 'false']]));
await check('nothing unused (knip)', () => runInTurn([['knip', '--no-progress']]));
await check('build', () => runInTurn([['tsx', 'scripts/build.ts']]));
await check('the package (publint, attw, unpacked and run)', packageHolds);

console.log('\ntests (vitest)');
const reportFile = join(scratch, 'tests.json');
await runCommand('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${reportFile}`], { show: true });
const counts = existsSync(reportFile) ? countTests(JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport) : { passed: 0, failed: 1 };
rmSync(scratch, { recursive: true, force: true });

if (failures.length > 0) console.log(`failed checks: ${failures.join('; ')}`);
console.log(countsLine({ passed: counts.passed, failed: counts.failed + failures.length }));
process.exitCode = counts.failed + failures.length === 0 ? 0 : 1;
