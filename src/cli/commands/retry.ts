import type { ExitCode } from '../failure/exit-code.ts';
import { typedBudgets } from '../files/typed-budgets.ts';
import { limitsHere } from '../files/typed-limits.ts';
import { typedCount, typedDuration } from '../files/typed-values.ts';
import { attend } from '../hosting/attendance.ts';
import type { FileChoice } from '../hosting/changed-file.ts';
import { reportEndings } from '../hosting/endings.ts';
import { House } from '../hosting/house.ts';
import { Resumption, unfinishedRuns } from '../hosting/resumption.ts';
import type { Desk } from '../terminal/desk.ts';

/** Options of `troupe retry`, and of `troupe resume --from`, as typed. */
export interface RetryCommandOptions {
  readonly limit?: readonly string[];
  readonly crew?: string;
  readonly concurrency?: string;
  readonly timeout?: string;
  readonly wait?: boolean;
  readonly freshRounds?: boolean;
  readonly budget?: readonly string[];
  readonly adopt?: boolean;
  readonly asStarted?: boolean;
}

/** By which definition a run goes on, as typed. */
export function fileChoice({ adopt, asStarted }: Pick<RetryCommandOptions, 'adopt' | 'asStarted'>): FileChoice {
  return adopt === true ? 'adopt' : asStarted === true ? 'started' : 'refuse';
}

/** `troupe retry <run>`: goes on with a run that has failed; `from`: goes back to a step. */
export async function retry(desk: Desk, named: string, options: RetryCommandOptions, from?: string): Promise<ExitCode> {
  const maxConcurrency = options.concurrency === undefined ? undefined : typedCount('--concurrency', options.concurrency, 1);
  const timeoutMs = options.timeout === undefined ? undefined : typedDuration('--timeout', options.timeout);
  const budget = typedBudgets(options.budget ?? []);
  const limits = limitsHere(options.limit);
  const house = await House.open(desk, limits);
  const begin = async () => {
    const { ids } = await unfinishedRuns(desk, house.store, named);
    const resumption = new Resumption(desk, house, { crew: options.crew, maxConcurrency, file: fileChoice(options) });
    const how = { ...(from === undefined ? {} : { from }), freshRounds: options.freshRounds === true, ...budget };
    return Promise.all(ids.map((id) => resumption.takeBack(id, how)));
  };
  const runs = await begin().catch(async (thrown) => {
    await house.close();
    throw thrown;
  });
  const waiting = { wait: options.wait === true, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  return reportEndings(desk, await attend(desk, house, runs, waiting));
}
