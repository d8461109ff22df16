/** Anything thrown, as a report: plain data with a stable code, and the exit code that goes with it. */
import { type Diagnostic, errorData } from '../../index.ts';
import { EXIT, type ExitCode, exitCodeOfError } from './exit-code.ts';
import { InvalidFiles } from './invalid-files.ts';
import { Refusal } from './refusal.ts';

/** An error as the command shows it; `--json` prints it as it is. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  /** What to do next. */
  readonly hint?: string;
  readonly cause?: ErrorReport;
  readonly diagnostics?: readonly Diagnostic[];
}

/** Reads whatever was thrown. */
export function errorReport(thrown: unknown): { readonly error: ErrorReport; readonly exitCode: ExitCode } {
  if (thrown instanceof InvalidFiles) {
    const { code, message, diagnostics, exitCode } = thrown;
    return { error: { code, message, diagnostics }, exitCode };
  }
  if (thrown instanceof Refusal) {
    const { code, message, hint, where, cause } = thrown;
    const more = { ...(where === undefined ? {} : { where }), ...(hint === undefined ? {} : { hint }) };
    return {
      error: { code, message, ...more, ...(cause === undefined ? {} : { cause: errorReport(cause).error }) },
      exitCode: exitCodeOfError(code),
    };
  }
  if (isSystemError(thrown)) {
    return {
      error: { code: 'FILE_INACCESSIBLE', message: thrown.message, hint: 'check that path and your rights on it' },
      exitCode: EXIT.failed,
    };
  }
  const data = errorData(thrown);
  const error = data.code === 'INTERNAL' && data.hint === undefined ? { ...data, hint: UNEXPECTED } : data;
  return { error, exitCode: data.code === 'INTERNAL' ? EXIT.failed : exitCodeOfError(data.code) };
}

/** What the operating system refused. */
function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
}

const UNEXPECTED = 'this should not happen: run it again with TROUPE_DEBUG=1 and report what it prints';
