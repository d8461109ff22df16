import { errorReport } from '../failure/error-report.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { diagnosticCounts, diagnosticsText } from '../rendering/diagnostics-text.ts';
import { errorText } from '../rendering/error-text.ts';
import type { Surroundings } from '../terminal/surroundings.ts';
import { createPaint, wantsColor } from '../text/paint.ts';

/**
 * Tells what went wrong, and returns the exit code: for people on stderr; with `--json` as one line of JSON on stdout, so that what
 * is read there is always JSON.
 */
export function complain(surroundings: Surroundings, thrown: unknown): ExitCode {
  const { stdout, stderr, argv, env } = surroundings;
  const { error, exitCode } = errorReport(thrown);
  const isDebugging = env.TROUPE_DEBUG === '1' && thrown instanceof Error;
  if (argv.includes('--json')) {
    stdout.write(`${JSON.stringify({ error, exitCode })}\n`);
  } else {
    const paint = createPaint(wantsColor(env, stderr.isTTY === true));
    const { diagnostics } = error;
    const text =
      diagnostics === undefined ? errorText(error, paint) : `${diagnosticsText(diagnostics, paint)}\n\n${diagnosticCounts(diagnostics)}`;
    stderr.write(`${text}\n`);
  }
  if (isDebugging) stderr.write(`${thrown.stack ?? ''}\n`);
  return exitCode;
}
