import { errorData } from '../../index.ts';
import { errorReport } from '../failure/error-report.ts';
import { EXIT, type ExitCode, worstOf } from '../failure/exit-code.ts';
import { usage } from '../failure/refusal.ts';
import { limitsHere } from '../files/typed-limits.ts';
import { typedCount, typedDuration } from '../files/typed-values.ts';
import { type Attended, attend } from '../hosting/attendance.ts';
import { reportEndings } from '../hosting/endings.ts';
import { House } from '../hosting/house.ts';
import { Resumption, unfinishedRuns } from '../hosting/resumption.ts';
import { errorText } from '../rendering/error-text.ts';
import type { Desk } from '../terminal/desk.ts';
import { fileChoice, retry } from './retry.ts';

/** Options of `troupe resume`, as typed. */
export interface ResumeCommandOptions {
  readonly limit?: readonly string[];
  readonly crew?: string;
  readonly concurrency?: string;
  readonly timeout?: string;
  readonly wait?: boolean;
  readonly from?: string;
  readonly freshRounds?: boolean;
  readonly budget?: readonly string[];
  readonly adopt?: boolean;
  readonly asStarted?: boolean;
}

/** `troupe resume [run]`: goes on with one run, or with all that have not ended. */
export async function resume(desk: Desk, named: string | undefined, options: ResumeCommandOptions): Promise<ExitCode> {
  if (options.from !== undefined) {
    if (named === undefined) throw usage('--from goes back in one run', 'name the run: troupe resume <run> --from <step>');
    return retry(desk, named, options, options.from);
  }
  refuseGoingBack(options);
  const maxConcurrency = options.concurrency === undefined ? undefined : typedCount('--concurrency', options.concurrency, 1);
  const timeoutMs = options.timeout === undefined ? undefined : typedDuration('--timeout', options.timeout);
  const limits = limitsHere(options.limit);
  const house = await House.open(desk, limits);
  const runs: Attended[] = [];
  const troubles: ExitCode[] = [];
  try {
    const { ids, unreadable } = await unfinishedRuns(desk, house.store, named);
    const resumption = new Resumption(desk, house, { crew: options.crew, maxConcurrency, file: fileChoice(options) });
    for (const id of [...ids, ...unreadable]) {
      try {
        runs.push(await resumption.take(id));
      } catch (thrown) {
        if (named !== undefined) throw thrown;
        // Of several runs, one that cannot be taken up does not keep the others waiting.
        if (errorData(thrown).code !== 'RUN_ENDED') troubles.push(complain(desk, id, thrown));
      }
    }
  } catch (thrown) {
    await house.close();
    throw thrown;
  }
  if (runs.length === 0 && troubles.length === 0) desk.remark('Nothing to resume: every run has ended.');
  const endings = await attend(desk, house, runs, {
    wait: options.wait === true,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return worstOf([reportEndings(desk, endings), ...troubles]);
}

/** What only says something of a run that goes back. */
function refuseGoingBack({ budget = [], freshRounds }: ResumeCommandOptions): void {
  const hint = 'give --from <step>, or use troupe retry';
  if (budget.length > 0) throw usage('--budget is for a run that goes back', hint);
  if (freshRounds === true) throw usage('--fresh-rounds is for a run that goes back', hint);
}

function complain(desk: Desk, run: string, thrown: unknown): ExitCode {
  const { error, exitCode } = errorReport(thrown);
  if (desk.json) desk.jsonLine({ type: 'run.lost', run, error, exitCode });
  else desk.warn(errorText(error, desk.warningPaint, `troupe: run ${run}: `));
  return exitCode === EXIT.ok ? EXIT.failed : exitCode;
}
