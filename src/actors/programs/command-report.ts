/** From the end of a child process to the report of the attempt. */
import { stripVTControlCharacters } from 'node:util';
import { printable } from '../../definition/printable.ts';
import type { ErrorCode, ErrorData } from '../../protocol/errors.ts';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { TaskReport } from '../../protocol/task.ts';
import { checkedReport, reportOfAnswer } from '../agent-report.ts';
import { Completed, fail } from '../answer.ts';
import { printedFailure, reportedFailure } from '../reported-failure.ts';
import type { ChildEnd } from './child-process.ts';
import { decodeUtf8 } from './output-capture.ts';

/** What a report needs to know of the command. */
export interface CommandFacts {
  /** For messages. */
  readonly shown: string;
  readonly file: string;
  readonly cwd: string;
  /** False: the working directory was looked for and is not there. */
  readonly cwdExists: boolean;
  readonly output: 'json' | 'text' | 'report';
  readonly okExitCodes: readonly number[];
  readonly maxOutputBytes: number;
}

/** How much of the end of an output goes into an error: enough to see why, in lines and characters. */
const TAIL_LINES = 20;
const TAIL_CHARACTERS = 4_000;

/** What a report may hold. */
const REPORTED: readonly string[] = ['output', 'variables', 'writes', 'usage', 'error'];

/** The report of a process that has ended, however it did. */
export function reportOfEnd(command: CommandFacts, end: ChildEnd): TaskReport {
  if (end.cause === 'start') return broken(failedStart(command, end.startError ?? 'unknown'));
  if (end.cause === 'overflow') return broken(tooLarge(command));
  if (end.cause === 'cancel') return broken(error('TASK_CANCELLED', `${command.shown} was cancelled`, { retryable: false }));
  if (end.signal !== null || end.exitCode === null) {
    return broken(
      error('COMMAND_EXITED', `${command.shown} was ended by ${end.signal ?? 'nobody knows what'}${because(end)}`, { details: tails(end) }),
    );
  }
  if (!command.okExitCodes.includes(end.exitCode)) {
    const said = command.output === 'report' ? printedFailure(decodeUtf8(end.stdout).text) : null;
    const why = said === null ? because(end) : `: ${printable(said.message)}`;
    return {
      ok: false,
      thrown: false,
      error: error('COMMAND_EXITED', `${command.shown} ended with exit code ${end.exitCode}${why}`, {
        details: { ...said?.details, ...tails(end) },
      }),
    };
  }
  return command.output === 'text' ? textReport(end) : jsonReport(command, end);
}

function textReport(end: ChildEnd): TaskReport {
  const stdout = decodeUtf8(end.stdout);
  const stderr = decodeUtf8(end.stderr);
  const replaced = stdout.replaced || stderr.replaced ? { invalidUtf8: true } : {};
  return { ok: true, output: { exitCode: end.exitCode, stdout: stdout.text, stderr: stderr.text, ...replaced } };
}

function jsonReport(command: CommandFacts, end: ChildEnd): TaskReport {
  const { text } = decodeUtf8(end.stdout);
  // nothing said is nothing to pass on, as with a function that returns nothing
  if (text.trim() === '') return { ok: true, output: null };
  try {
    const said: unknown = JSON.parse(text);
    return command.output === 'json' ? reportOfAnswer(said) : reportedBy(command, said);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return broken(
      error('AGENT_OUTPUT_INVALID', `${command.shown} did not print JSON: ${printable(reason)}`, {
        hint: 'print one JSON value on stdout and everything else on stderr, or declare the output as text',
        details: tails(end),
      }),
    );
  }
}

/** What a program reports in so many words: its output, and what it sets and writes; or its failure. */
function reportedBy({ shown }: CommandFacts, said: unknown): TaskReport {
  const found = strangeIn(said);
  if (found === null && isJsonObject(said)) {
    const failure = reportedFailure(said);
    if (failure === null) return reportOfAnswer(new Completed(said.output, said.variables, said.writes, said.usage));
    const report = reportOfAnswer(fail(failure.message, failure.details));
    return said.usage === undefined ? report : checkedReport({ ...report, usage: said.usage });
  }
  return broken(
    error('AGENT_OUTPUT_INVALID', `${shown} did not print a report: it printed ${found}`, {
      hint: 'print {"output": …, "variables": {…}, "writes": {…}, "usage": {…}}, each of them optional, or {"error": {"message": …}}, or declare the output as json',
    }),
  );
}

/** What makes it no report, in words; null: it is one. */
function strangeIn(said: unknown): string | null {
  if (!isJsonObject(said)) return 'something else than a map';
  const strange = Object.keys(said).find((key) => !REPORTED.includes(key));
  if (strange !== undefined) return `the key ${printable(JSON.stringify(strange.slice(0, 80)))}`;
  if (said.error === undefined) return null;
  if (['output', 'variables', 'writes'].some((key) => key in said)) return 'an error beside what it has done';
  return reportedFailure(said) === null ? 'an error without a message, or with a service that is no name' : null;
}

function failedStart({ shown, file, cwd, cwdExists }: CommandFacts, code: string): ErrorData {
  const details = { system: code, file, cwd };
  if (!cwdExists)
    return error('COMMAND_NOT_FOUND', `${shown} cannot be started: its working directory ${cwd} does not exist`, {
      retryable: false,
      details,
    });
  if (code === 'ENOENT') {
    const hint = file.includes('/')
      ? `the path is taken from ${cwd}`
      : 'install it, or write its full path; the PATH of this process is searched';
    return error('COMMAND_NOT_FOUND', `${shown} cannot be started: there is no program "${file}"`, { hint, retryable: false, details });
  }
  if (code === 'EACCES' || code === 'ENOEXEC') {
    const hint = `make it executable (chmod +x ${file}) and let it begin with "#!", or name its interpreter first`;
    return error('COMMAND_NOT_FOUND', `${shown} cannot be started: "${file}" is not a program this system can execute`, {
      hint,
      retryable: false,
      details,
    });
  }
  if (code === 'E2BIG') {
    const hint = 'pass large values on stdin instead of as arguments';
    return error('AGENT_FAILED', `${shown} cannot be started: its arguments are too long for this system`, {
      hint,
      retryable: false,
      details,
    });
  }
  return error('AGENT_FAILED', `${shown} cannot be started: ${code}`, { details });
}

function tooLarge({ shown, maxOutputBytes }: CommandFacts): ErrorData {
  return error('COMMAND_OUTPUT_TOO_LARGE', `${shown} printed more than ${maxOutputBytes.toLocaleString('en')} bytes and was ended`, {
    hint: 'print less, write to a file and print its path, or raise maxOutputBytes',
    retryable: false,
    details: { maxOutputBytes },
  });
}

function broken(data: ErrorData): TaskReport {
  return { ok: false, thrown: true, error: data };
}

function error(code: ErrorCode, message: string, more: Omit<ErrorData, 'code' | 'message'>): ErrorData {
  return { code, message, ...more };
}

/** The last line a program says is usually why it ended. */
function because(end: ChildEnd): string {
  const last = tail(end.stderr) || tail(end.stdout);
  const line = last.slice(last.lastIndexOf('\n') + 1);
  return line === '' ? '' : `: ${printable(line.length > 200 ? `${line.slice(0, 200)}…` : line)}`;
}

function tails(end: ChildEnd): JsonObject {
  return { exitCode: end.exitCode, signal: end.signal, stderr: tail(end.stderr), stdout: tail(end.stdout) };
}

function tail(bytes: Buffer): string {
  // four bytes a character at most, and colours come on top: cutting first keeps a large output cheap
  const text = stripVTControlCharacters(decodeUtf8(bytes.subarray(-TAIL_CHARACTERS * 8)).text).trimEnd();
  return text.split('\n').slice(-TAIL_LINES).join('\n').slice(-TAIL_CHARACTERS);
}
