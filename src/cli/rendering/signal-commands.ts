import { type AwaitedSignal, awaitedSignals, type RunView } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';

/** The commands by which a person answers what a run waits for, each with an answer of the form that is understood there. */
export function signalCommands(
  desk: Pick<Desk, 'command'>,
  view: RunView,
  signals: readonly AwaitedSignal[] = awaitedSignals(view),
): string[] {
  return signals.map((awaited) =>
    awaited.signal === null
      ? desk.command('approve', view.id, awaited.step)
      : desk.command('signal', view.id, awaited.signal, answerTo(view, awaited)),
  );
}

function answerTo(view: RunView, { step }: AwaitedSignal): string {
  if (step.startsWith('(conflict)/')) return '{"take": "theirs"}';
  return view.steps.find(({ path }) => path === step)?.type === 'vote' ? '"…"' : '{}';
}
