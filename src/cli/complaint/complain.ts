import { TroupeError } from '../../index.ts';
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
  if (argv.includes('--json')) {
    stdout.write(`${JSON.stringify({ error, exitCode })}\n`);
  } else {
    const paint = createPaint(wantsColor(env, stderr.isTTY === true));
    const { diagnostics } = error;
    const text =
      diagnostics === undefined ? errorText(error, paint) : `${diagnosticsText(diagnostics, paint)}\n\n${diagnosticCounts(diagnostics)}`;
    stderr.write(`${text}\n`);
  }
  if (env.TROUPE_DEBUG === '1') for (const stack of stacks(thrown)) stderr.write(`${stack}\n`);
  return exitCode;
}

/** Tells of an error that came from beside the command: an agent loaded into this process threw where nobody catches. */
export function complainOfStray(surroundings: Surroundings, thrown: unknown): ExitCode {
  const { message } = errorReport(thrown).error;
  const stray = new TroupeError('INTERNAL', `an error was thrown where nobody catches it: ${message}`, {
    cause: thrown,
    hint: 'an agent of a module does that when it leaves a promise or a timer alone; TROUPE_DEBUG=1 shows where. Runs are saved: troupe resume',
  });
  return complain(surroundings, stray);
}

function* stacks(thrown: unknown): Generator<string> {
  for (let each = thrown; each instanceof Error; each = each.cause) yield each.stack ?? each.message;
}
