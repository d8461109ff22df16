import { type AwaitedSignal, awaitedSignals, type RunView } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';
import { oneLine } from '../text/one-line.ts';
import { answerCommands } from './inbox-text.ts';

/** The commands by which a person answers what a run waits for, each with an answer of the form that is understood there. */
export function signalCommands(
  desk: Pick<Desk, 'command'>,
  view: RunView,
  signals: readonly AwaitedSignal[] = awaitedSignals(view),
): string[] {
  return signals.map((awaited) =>
    awaited.signal === null
      ? (answersTo(desk, view, awaited.step) ?? desk.command('approve', view.id, awaited.step))
      : desk.command('signal', view.id, awaited.signal, answerTo(view, awaited)),
  );
}

/** What a run waits for, in one sentence; with its steps, what is asked, too. */
export function awaitedText({ step, signal }: AwaitedSignal, steps: RunView['steps'] = []): string {
  if (signal !== null) return `${step} waits for the signal "${signal}"`;
  const subject = steps.find(({ path }) => path === step)?.question?.subject ?? null;
  return `${step} waits for an answer${subject === null ? '' : `: ${oneLine(subject)}`}`;
}

function answersTo(desk: Pick<Desk, 'command'>, view: RunView, step: string): string | undefined {
  const question = view.steps.find(({ path }) => path === step)?.question ?? null;
  return question === null ? undefined : answerCommands(desk, { run: view.id, step, question })[0];
}

function answerTo(view: RunView, { step }: AwaitedSignal): string {
  if (step.startsWith('(conflict)/')) return '{"take": "theirs"}';
  return view.steps.find(({ path }) => path === step)?.type === 'vote' ? '"…"' : '{}';
}
