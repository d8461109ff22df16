/** Programs that behave badly, as steps of whole runs: each comes to an outcome with a code, and nothing of it survives. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CommandOptions, commandAgent } from '../../src/actors/programs/command-agent.ts';
import type { TaskStep } from '../../src/definition/workflow.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { task, workflowOf } from '../runtime/linear.ts';
import { escaping, FOREVER, isAlive } from './children.ts';

const DEAF = `process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {}); ${FOREVER}`;
const FLOOD = `const chunk = Buffer.alloc(1e6, 'x'); let n = 0;
  const go = () => { while (n++ < 100) if (!process.stdout.write(chunk)) return process.stdout.once('drain', go); }; go();`;
const NOT_UTF8 = `process.stdout.write(Buffer.from([0x61, 0xff, 0xfe, 0x62]));`;

/** Processes that were started with a text in their environment or as an argument; other platforms than Linux do not show it. */
function survivors(mark: string): number[] {
  if (platform() !== 'linux') return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      return isAlive(pid) && ['environ', 'cmdline'].some((file) => readFileSync(`/proc/${pid}/${file}`).includes(mark));
    } catch {
      return false;
    }
  });
}

interface Misdeed {
  readonly program: string;
  readonly options?: Partial<CommandOptions>;
  readonly step?: Partial<TaskStep>;
  readonly expected: unknown;
}

const failed = (code: string) => ({ status: 'failed', error: { code } });
const completed = (output: unknown) => ({ status: 'completed', outputs: { a: output } });

const MISDEEDS: Readonly<Record<string, Misdeed>> = {
  'never ends': { program: FOREVER, step: { timeout: 300 }, expected: failed('TASK_TIMED_OUT') },
  'is deaf to TERM': { program: DEAF, step: { timeout: 1_000 }, expected: failed('TASK_TIMED_OUT') },
  'is deaf to TERM, and has forked into a session of its own': {
    program: `${escaping(DEAF, 'inherit')} ${DEAF}`,
    step: { timeout: 1_000 },
    expected: failed('TASK_TIMED_OUT'),
  },
  'has started one that leaves its session and sheds its environment': {
    program: `const bare = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(FOREVER)}, process.env.MISDEED],
      { detached: true, stdio: 'ignore', env: {} }); bare.unref(); ${FOREVER}`,
    step: { timeout: 1_000 },
    expected: failed('TASK_TIMED_OUT'),
  },
  'ends, and leaves a process behind in a session of its own': {
    program: `${escaping(DEAF)} process.exitCode = 0;`,
    options: { output: 'text' },
    expected: completed({ exitCode: 0, stdout: expect.stringMatching(/^escaped \d+\n$/), stderr: '' }),
  },
  'prints 100 MB': { program: FLOOD, expected: failed('COMMAND_OUTPUT_TOO_LARGE') },
  'prints 100 MB, is deaf to TERM and has forked': {
    program: `${escaping(DEAF)} ${DEAF} ${FLOOD}`,
    expected: failed('COMMAND_OUTPUT_TOO_LARGE'),
  },
  'prints what is not UTF-8, as text': {
    program: NOT_UTF8,
    expected: completed({ exitCode: 0, stdout: 'a\ufffd\ufffdb', stderr: '', invalidUtf8: true }),
  },
  'prints what is not UTF-8, as JSON': { program: NOT_UTF8, options: { output: 'json' }, expected: failed('AGENT_OUTPUT_INVALID') },
  'exits with 0 and says nothing, as text': { program: '', expected: completed({ exitCode: 0, stdout: '', stderr: '' }) },
  'exits with 0 and says nothing, as JSON': { program: '', options: { output: 'json' }, expected: completed(null) },
  'exits with 0 and says nothing, where an output is required': {
    program: '',
    options: { output: 'json' },
    step: { outputSchema: { type: 'object' } },
    expected: failed('AGENT_OUTPUT_INVALID'),
  },
};

describe('a program that', () => {
  test.each(Object.entries(MISDEEDS))('%s', async (name, { program, options, step, expected }) => {
    const mark = `misdeed-${process.pid}-${Object.keys(MISDEEDS).indexOf(name)}-${Date.now()}`;
    const command = [process.execPath, '-e', program];
    const agent = commandAgent('child', { command, graceMs: 50, env: { MISDEED: mark }, ...options });
    onTestFinished(() => {
      // only where the test has failed
      for (const pid of survivors(mark)) process.kill(pid, 'SIGKILL');
    });
    const runtime = await createRuntime({ crew: { stepTypes: { work: agent } } });
    const run = await runtime.start(workflowOf([task('a', step)], { onFailure: 'stop' }));
    expect(await run.result()).toMatchObject(expected as object);
    await runtime.stop();
    expect(survivors(mark)).toEqual([]);
  });
});

const MAX_GROWTH_MB = 64;

test.each([
  ['stdout', 'no lines', 'COMMAND_OUTPUT_TOO_LARGE'],
  ['stderr', 'no lines', 'completed'],
  ['stderr', 'lines', 'completed'],
])(`100 MB on %s (%s) take less than ${MAX_GROWTH_MB} MB of the host`, async (stream, lines, code) => {
  const host = fileURLToPath(new URL('./flooded-host.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', host, stream, lines]);
  console.log(`100 MB on ${stream}, ${lines}: ${stdout.trim()}`);
  const figures = JSON.parse(stdout) as { code: string; growthMb: number };
  expect(figures.code).toBe(code);
  expect(figures.growthMb).toBeLessThan(MAX_GROWTH_MB);
});
