/** What a command says and returns when it is done with runs. */
import { isOpenLetter, type RunView } from '../../index.ts';
import { EXIT, type ExitCode, exitCodeOfError, exitCodeOfFailure, worstOf } from '../failure/exit-code.ts';
import { runSummary } from '../rendering/run-summary.ts';
import { awaitedText, signalCommands } from '../rendering/signal-commands.ts';
import type { Desk } from '../terminal/desk.ts';
import type { Ending } from './ending.ts';

/** Prints a summary for each run (its last JSON line with `--json`; under `--quiet` only of what did not go well, on stderr); returns the exit code. */
export function reportEndings(desk: Desk, endings: readonly Ending[]): ExitCode {
  for (const ending of endings) {
    if (desk.json) desk.jsonLine(endingData(desk, ending));
    else if (!desk.quiet) desk.print(`\n${endingText(desk, ending)}`);
    else if (exitCodeOf(ending) !== EXIT.ok) desk.surroundings.stderr.write(`${endingText(desk, ending)}\n`);
  }
  return worstOf(endings.map(exitCodeOf));
}

/** The exit code for how one run ended here. */
function exitCodeOf(ending: Ending): ExitCode {
  switch (ending.kind) {
    case 'ended':
      if (ending.timedOut) return EXIT.timedOut;
      return ending.result.status === 'completed' ? EXIT.ok : exitCodeOfFailure(ending.result.error);
    case 'waiting':
      return EXIT.waiting;
    case 'stopped':
      return EXIT.interrupted;
    case 'lost':
      return exitCodeOfError(ending.error.code);
  }
}

function endingText(desk: Desk, ending: Ending): string {
  const { view } = ending;
  const standing = standingOf(ending);
  return runSummary(ending.kind === 'lost' ? { ...view, error: ending.error } : view, {
    width: desk.width,
    paint: desk.paint,
    store: desk.shown(desk.store),
    next: nextCommands(desk, ending),
    ...(standing === null ? {} : { standing }),
    waitsFor: ending.kind === 'waiting' ? ending.signals.map((signal) => awaitedText(signal, view.steps)) : [],
  });
}

function standingOf(ending: Ending): string | null {
  if (ending.kind === 'ended') return ending.timedOut ? 'timed out' : null;
  return { waiting: 'waiting for a person', stopped: 'stopped, saved', lost: 'interrupted' }[ending.kind];
}

function nextCommands(desk: Desk, ending: Ending): string[] {
  const { view } = ending;
  const { id } = view;
  switch (ending.kind) {
    case 'ended':
      return afterwards(desk, view);
    case 'waiting':
      return [...signalCommands(desk, view, ending.signals), desk.command('resume', id)];
    case 'stopped':
    case 'lost':
      return [desk.command('resume', id)];
  }
}

/** What to type about a run that has ended: what became of it, and, where something is left to be seen to, how. */
function afterwards(desk: Desk, { id, status, letters }: RunView): string[] {
  const dead = letters.some(isOpenLetter) ? [desk.command('dead', 'list')] : [];
  if (status === 'completed') return [desk.command('show', id), ...dead];
  return [
    desk.command('show', id, '--why'),
    desk.command('logs', id),
    ...(status === 'failed' ? [desk.command('retry', id, '--failed')] : []),
    ...dead,
  ];
}

/** The last line of a run as JSON lines. */
function endingData(desk: Desk, ending: Ending): object {
  const { kind, view } = ending;
  const common = {
    type: `run.${kind === 'ended' ? 'result' : kind}`,
    run: view.id,
    workflow: view.workflow,
    status: view.status,
    store: desk.store,
    exitCode: exitCodeOf(ending),
  };
  if (kind === 'ended') {
    const { outputs, error, failedStep, history } = ending.result;
    return { ...common, outputs, error, failedStep, history, tookMs: view.updatedAt - view.startedAt };
  }
  if (kind === 'waiting') return { ...common, signals: ending.signals };
  return kind === 'lost' ? { ...common, error: ending.error } : common;
}
