/**
 * An agent made of a program: one child process per attempt, without a shell. The task goes in as JSON on stdin, the
 * answer comes out on stdout; the process and whatever it started end with the attempt.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { nanoid } from 'nanoid';
import type { Agent, PerformContext } from '../../protocol/agent.ts';
import type { AgentAdapter } from '../../protocol/agent-adapter.ts';
import { TroupeError } from '../../protocol/errors.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import { adapterAgent } from '../adapter-agent.ts';
import { reportOfThrown } from '../agent-report.ts';
import { markTrusted } from '../trusted-report.ts';
import { type ChildEnd, runChild } from './child-process.ts';
import { type CommandEnvironment, commandEnvironment } from './command-environment.ts';
import { commandLine } from './command-line.ts';
import { type CommandFacts, reportOfEnd } from './command-report.ts';
import { LineNotes } from './line-notes.ts';
import { decodeUtf8 } from './output-capture.ts';

/** How a command is run. Sizes are bytes, times milliseconds. */
export interface CommandOptions {
  /** Program and arguments; every element but the first may be a template over the task (see `commandLine`). */
  readonly command: readonly string[];
  /** Working directory. Default: that of this process. */
  readonly cwd?: string;
  /** What the child's environment holds beyond PATH, HOME, LANG, TERM, TZ and TMPDIR. */
  readonly env?: CommandEnvironment;
  /** stdin: the task as `json` (default), the first text among the params `prompt`, `input` and `text` as `text`, or `none`. */
  readonly input?: 'json' | 'text' | 'none';
  /**
   * stdout is the output as `json`, or becomes `{ exitCode, stdout, stderr }` as `text` (default), or is a `report`: JSON with `output` and,
   * as with `completed`, `variables`, `writes` and `usage`; or `error` with a `message`, the `service` outside that it came from, and `details`.
   */
  readonly output?: 'json' | 'text' | 'report';
  /** More on stdout ends the process. Default 1 MB; of stderr the last 64 KB are kept, however much there is. */
  readonly maxOutputBytes?: number;
  /** Between asking the process to end (TERM) and ending it (KILL). Default 5000. */
  readonly graceMs?: number;
  /** Exit codes that count as success. Default: 0 alone. */
  readonly okExitCodes?: readonly number[];
}

const DEFAULT_MAX_OUTPUT = 1024 * 1024;
const KEPT_STDERR = 64 * 1024;
const DEFAULT_GRACE_MS = 5_000;

/**
 * Makes an agent of a program.
 *
 * Reports: a good exit completes the task; another exit code is COMMAND_EXITED by the program's own word (`thrown: false`), an end by a
 * signal is COMMAND_EXITED with `thrown: true`. Further codes: COMMAND_NOT_FOUND, COMMAND_OUTPUT_TOO_LARGE, AGENT_OUTPUT_INVALID (not JSON),
 * AGENT_FAILED (a value that may not become an argument; the process could not be started), TASK_CANCELLED.
 * Lines of stdout and stderr are passed as progress: `{ stream, line }`, at a bounded rate; lines of stderr such as `::troupe progress 40`
 * are reports of progress (see `LineNotes`).
 *
 * @throws TroupeError DEFINITION_INVALID when the command, its environment or a limit cannot be used
 */
export function commandAgent(id: string, options: CommandOptions): Agent {
  return markTrusted(adapterAgent(commandAdapter(id, options)));
}

/**
 * The adapter of such an agent: the processes are children of ours, and end with us.
 *
 * @throws TroupeError DEFINITION_INVALID
 */
export function commandAdapter(id: string, options: CommandOptions): AgentAdapter {
  const { input = 'json', output = 'text', maxOutputBytes = DEFAULT_MAX_OUTPUT, graceMs = DEFAULT_GRACE_MS, okExitCodes = [0] } = options;
  for (const [name, value] of Object.entries({ maxOutputBytes, graceMs })) {
    if (!(value >= 0)) throw new TroupeError('DEFINITION_INVALID', `${name} of agent "${id}" must be a number of at least 0, not ${value}`);
  }
  const line = commandLine(id, options.command);
  const environmentFor = commandEnvironment(id, options.env);
  const cwd = resolve(options.cwd ?? '.');

  const run = (task: Task, context: PerformContext): Promise<ChildEnd> => {
    const { file, args } = line.render(task);
    const mark = `troupe-${nanoid()}`;
    const notes = {
      stdout: new LineNotes('stdout', context.progress, context.now),
      stderr: new LineNotes('stderr', context.progress, context.now, context.report),
    };
    const order = {
      file,
      args,
      cwd,
      env: environmentFor(task, mark),
      mark,
      input: inputFor(task, input),
      maxStdoutBytes: maxOutputBytes,
      keptStderrBytes: KEPT_STDERR,
      terminateGraceMs: graceMs,
      heard: (stream: 'stdout' | 'stderr', chunk: Buffer) => notes[stream].add(chunk),
    };
    return runChild(order, context.signal, context.forced).finally(() => {
      notes.stdout.end();
      notes.stderr.end();
    });
  };

  return {
    id,
    graceMs,
    async begin(task: Task, context: PerformContext): Promise<TaskReport> {
      try {
        context.signal.throwIfAborted();
        const end = await run(task, context);
        if (decodeUtf8(end.stdout).replaced) context.progress('stdout held bytes that are not UTF-8; they were replaced by U+FFFD');
        const cwdExists = end.cause !== 'start' || existsSync(cwd);
        const facts: CommandFacts = {
          shown: line.shown,
          file: options.command[0] ?? '',
          cwd,
          cwdExists,
          output,
          okExitCodes,
          maxOutputBytes,
        };
        return reportOfEnd(facts, end);
      } catch (thrown) {
        return reportOfThrown(thrown);
      }
    },
  };
}

function inputFor(task: Task, input: 'json' | 'text' | 'none'): string | null {
  if (input === 'none') return null;
  if (input === 'json') return `${JSON.stringify(task)}\n`;
  const { prompt, input: given, text } = task.params;
  const first = [prompt, given, text].find((value) => typeof value === 'string');
  return first ?? JSON.stringify(task.params);
}
