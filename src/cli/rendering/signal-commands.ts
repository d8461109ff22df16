import { type AwaitedSignal, awaitedSignals, type RunView } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';
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

/** What a run waits for, in one sentence. */
export function awaitedText({ step, signal }: AwaitedSignal): string {
  return `${step} waits for ${signal === null ? 'an answer' : `the signal "${signal}"`}`;
}

function answersTo(desk: Pick<Desk, 'command'>, view: RunView, step: string): string | undefined {
  const question = view.steps.find(({ path }) => path === step)?.question ?? null;
  return question === null ? undefined : answerCommands(desk, { run: view.id, step, question })[0];
}

function answerTo(view: RunView, { step }: AwaitedSignal): string {
  if (step.startsWith('(conflict)/')) return '{"take": "theirs"}';
  return view.steps.find(({ path }) => path === step)?.type === 'vote' ? '"…"' : '{}';
}
