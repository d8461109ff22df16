/** Commands that tell a run something: `cancel`, `pause`, `unpause`, `budget`, `signal`. */
import { type AwaitedSignal, findRun, hasEnded, type Json, type RunView, TroupeError, viewRun } from '../../index.ts';
import { askHost } from '../control/control-client.ts';
import type { RunRequest } from '../control/control-messages.ts';
import { EXIT, type ExitCode, exitCodeOfFailure } from '../failure/exit-code.ts';
import { typedBudgets } from '../files/typed-budgets.ts';
import { typedJson } from '../files/typed-values.ts';
import { House } from '../hosting/house.ts';
import { openForReading } from '../hosting/open-store.ts';
import type { Desk } from '../terminal/desk.ts';
import { resume } from './resume.ts';

export interface CancelOptions {
  readonly reason?: string;
  /** Waits for no agent, and cuts short what is being undone. */
  readonly force?: boolean;
  /** Comes back when nothing of the run is at work any more. */
  readonly wait?: boolean;
}

/** `troupe cancel <run>`: ends a run, whoever runs it. */
export async function cancel(desk: Desk, named: string, options: CancelOptions): Promise<ExitCode> {
  const { reason = 'cancelled on request', force = false, wait = false } = options;
  const { id } = await openRun(desk, named);
  // Where nobody runs it, there is nobody to wait for.
  const isLive = (await askHost(desk.store, { do: 'list' }))?.includes(id) === true;
  const request = { do: 'cancel' as const, run: id, reason, ...(force ? { force } : {}), ...(wait && isLive ? { wait: true } : {}) };
  const runs = await tell(desk, request).catch((thrown) => unlessEnded(desk, id, thrown));
  const { status, notUndone } = await viewOf(desk, id);
  const left = notUndone.map(({ step }) => step);
  if (hasEnded(status)) {
    const not = left.length === 0 ? '' : ` Not undone: ${left.join(', ')}.`;
    return done(desk, { run: id, status, notUndone: left }, `Cancelled ${id}.${not}`, desk.command('show', id));
  }
  const goesOn = runs.includes(id);
  const by = goesOn ? '' : '; nobody is running it, so that waits until it is resumed';
  const said = `${id} is being cancelled: what it has done is undone first${by}.`;
  return done(desk, { run: id, status, live: goesOn }, said, goesOn ? desk.command('show', id, '--why') : desk.command('resume', id));
}

/** A process may leave together with its last run, before it has answered: what was asked for has happened then. */
async function unlessEnded(desk: Desk, id: string, thrown: unknown): Promise<readonly string[]> {
  const isGone = thrown instanceof TroupeError && thrown.code === 'STORE_LOCKED';
  if (isGone && hasEnded((await viewOf(desk, id)).status)) return [];
  throw thrown;
}

/** `troupe pause <run>`: starts nothing new in a run until it is unpaused; what is at work may end. */
export async function pause(desk: Desk, named: string): Promise<ExitCode> {
  const view = await openRun(desk, named);
  if ((await askHost(desk.store, { do: 'pause', run: view.id })) === null) return standsStill(desk, view);
  return done(
    desk,
    { run: view.id, status: 'paused' },
    `Paused ${view.id}: what is at work may end, nothing new starts.`,
    desk.command('unpause', view.id),
  );
}

/** `troupe unpause <run>`: lets a paused run go on. */
export async function unpause(desk: Desk, named: string): Promise<ExitCode> {
  const view = await openRun(desk, named);
  if ((await askHost(desk.store, { do: 'unpause', run: view.id })) === null) return standsStill(desk, view);
  return done(desk, { run: view.id, status: 'running' }, `${view.id} goes on.`, desk.command('logs', view.id, '-f'));
}

/** `troupe budget <run> <[step=]tokens...>`: gives a run, or steps of it, more to spend. */
export async function raise(desk: Desk, named: string, typed: readonly string[]): Promise<ExitCode> {
  const { budget } = typedBudgets(typed);
  const { id } = await openRun(desk, named, (ended) => `with more it goes on by ${desk.command('retry', ended, '--budget', ...typed)}`);
  const runs = await tell(desk, { do: 'budget', run: id, budget: budget ?? {} });
  const goesOn = runs.includes(id);
  const said = goesOn ? `${id} may spend more.` : `${id} may spend more; nobody is running it.`;
  return done(desk, { run: id, live: goesOn }, said, goesOn ? desk.command('show', id) : desk.command('resume', id));
}

/** `troupe signal <run> <name> [json]`: gives a run what it waits for. */
export async function signal(
  desk: Desk,
  named: string,
  name: string,
  typed: string | undefined,
  options: { readonly resume?: boolean },
): Promise<ExitCode> {
  const view = await openRun(desk, named);
  const payload: Json = typed === undefined ? null : await typedJson(desk, 'signal', typed);
  warnOfStranger(desk, view, name);
  const runs = await tell(desk, { do: 'signal', run: view.id, name, payload });
  const goesOn = runs.includes(view.id);
  const after = goesOn ? view : await viewOf(desk, view.id);
  if (hasEnded(after.status)) {
    const said = `Signal ${name} given to ${view.id}, which has ended with it: ${after.status}.`;
    const code = done(desk, { run: view.id, signal: name, status: after.status }, said, desk.command('show', view.id));
    return after.status === 'completed' ? code : exitCodeOfFailure(after.error);
  }
  if (!goesOn && options.resume === true) {
    if (!desk.json) desk.remark(`Signal ${name} given to ${view.id}.`);
    return resume(desk, view.id, {});
  }
  const said = goesOn ? `Signal ${name} given to ${view.id}.` : `Signal ${name} recorded for ${view.id}; nobody is running it.`;
  return done(
    desk,
    { run: view.id, signal: name, live: goesOn },
    said,
    goesOn ? desk.command('logs', view.id, '-f') : desk.command('resume', view.id),
  );
}

/** Tells the process that runs the store, or does it here when there is none. Resolves with the runs that are run somewhere. */
export async function tell(desk: Desk, request: RunRequest): Promise<readonly string[]> {
  const answer = await askHost(desk.store, request);
  if (answer !== null) return answer;
  const house = await House.open(desk);
  try {
    return await house.obey(request);
  } finally {
    await house.close();
  }
}

/** `instead`: what can be done where it has failed or was cancelled. */
async function openRun(desk: Desk, named: string, instead?: (id: string) => string): Promise<RunView> {
  const view = await viewOf(desk, named);
  if (!hasEnded(view.status)) return view;
  throw new TroupeError('RUN_ENDED', `run ${view.id} has ended already: ${view.status}`, {
    hint: view.status === 'completed' || instead === undefined ? `${desk.command('show', view.id)} tells how it went` : instead(view.id),
  });
}

/** A run as it stands in the store. Rejects with RUN_NOT_FOUND, STORE_…. */
export async function viewOf(desk: Desk, named: string): Promise<RunView> {
  const store = await openForReading(desk);
  try {
    return await viewRun(store, await findRun(store, named), desk.now());
  } finally {
    await store.close();
  }
}

function standsStill(desk: Desk, { id, status }: RunView): ExitCode {
  return done(
    desk,
    { run: id, status, live: false },
    `Nobody is running ${id}: it stands still until it is resumed.`,
    desk.command('resume', id),
  );
}

/** A misspelt signal would be kept for ever without anybody noticing. */
function warnOfStranger(desk: Desk, { steps }: RunView, name: string): void {
  const awaited = steps.flatMap(({ path, signal: waits }): AwaitedSignal[] => (waits === null ? [] : [{ step: path, signal: waits }]));
  if (awaited.some((each) => each.signal === name) || awaited.length === 0) return;
  const names = [...new Set(awaited.map((each) => each.signal))];
  desk.warn(`troupe: nobody waits for "${name}" yet; it is kept. Waited for now: ${names.join(', ')}`);
}

/** Says what was done, and what to type next. */
export function done(desk: Desk, data: object, said: string, next: string): ExitCode {
  if (desk.json) desk.document(data);
  else desk.remark(`${said}\n  next: ${next}`);
  return EXIT.ok;
}
