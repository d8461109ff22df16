import { findRun, type Json } from '../../index.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { usage } from '../failure/refusal.ts';
import { limitsHere } from '../files/typed-limits.ts';
import { typedCount, typedDuration, typedJson, typedMoment, typedObject, typedRunId } from '../files/typed-values.ts';
import { attend } from '../hosting/attendance.ts';
import { reportEndings } from '../hosting/endings.ts';
import { House } from '../hosting/house.ts';
import { Resumption } from '../hosting/resumption.ts';
import { newRunId } from '../hosting/run-id.ts';
import type { Desk } from '../terminal/desk.ts';

/** Options of `troupe fork`, as typed. */
export interface ForkCommandOptions {
  readonly limit?: readonly string[];
  readonly at?: string;
  readonly with?: readonly string[];
  readonly id?: string;
  readonly file?: string;
  readonly freshRounds?: boolean;
  readonly input?: string;
  readonly crew?: string;
  readonly concurrency?: string;
  readonly timeout?: string;
  readonly wait?: boolean;
}

/** `troupe fork <run>`: starts a run where another one stood; only what depends on a change runs again. */
export async function fork(desk: Desk, named: string, options: ForkCommandOptions): Promise<ExitCode> {
  const id = options.id === undefined ? newRunId() : typedRunId(options.id);
  const maxConcurrency = options.concurrency === undefined ? undefined : typedCount('--concurrency', options.concurrency, 1);
  const timeoutMs = options.timeout === undefined ? undefined : typedDuration('--timeout', options.timeout);
  const at = options.at === undefined ? undefined : typedMoment(options.at);
  const outputs = await typedOutputs(desk, options.with ?? []);
  const input = options.input === undefined ? undefined : await typedObject(desk, '--input', options.input);
  const limits = limitsHere(options.limit);
  const house = await House.open(desk, limits);
  const begin = async () => {
    const origin = await findRun(house.store, named);
    const resumption = new Resumption(desk, house, { crew: options.crew, maxConcurrency, file: 'started' });
    return resumption.fork(
      origin,
      {
        id,
        with: outputs,
        freshRounds: options.freshRounds === true,
        ...(input === undefined ? {} : { input }),
        ...(at === undefined ? {} : { at }),
      },
      options.file,
    );
  };
  const run = await begin().catch(async (thrown) => {
    await house.close();
    throw thrown;
  });
  const waiting = { wait: options.wait === true, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  return reportEndings(desk, await attend(desk, house, [run], waiting));
}

/** Outputs as typed: `step.output=json`, or `step.output=@file`. */
async function typedOutputs(desk: Desk, typed: readonly string[]): Promise<Record<string, Json>> {
  const outputs: Record<string, Json> = {};
  for (const pair of typed) {
    const [, step, text] = /^(.+?)\.output=(.*)$/su.exec(pair) ?? [];
    if (step === undefined || text === undefined)
      throw usage(`--with takes step.output=json, not "${pair}"`, 'for example --with review.output=\'{"status": "pass"}\'');
    outputs[step] = await typedJson(desk, '--with', text);
  }
  return outputs;
}
