import type { RunView } from './run-view.ts';

/** A step that stands still until somebody outside says something: sends its signal, or answers its question. */
export interface AwaitedSignal {
  readonly step: string;
  /** Null where it asks people: `token` names the question. */
  readonly signal: string | null;
  readonly token?: string;
}

/** States of steps that only wait for others, phases and claims on budgets among them; a conflict waits with a step of its own. */
const COORDINATING: ReadonlySet<string> = new Set([
  'pending',
  'coordinating',
  'collecting',
  'executing',
  'casting',
  'judging',
  'merging',
  'synchronising',
  'compensating',
  'undoing',
  'dismissing',
  'contested',
  'running',
  'hearing',
  'deciding',
  'sendingBack',
  'reworking',
  'standingInLine',
]);

/**
 * The signals and answers without which a run cannot go on: empty as long as anything works, backs off or is about to start, and for a run that
 * is paused or has ended.
 */
export function awaitedSignals(view: RunView): AwaitedSignal[] {
  if (view.status !== 'running') return [];
  const open = view.steps.filter(({ outcome, state }) => outcome === null && !COORDINATING.has(state));
  const awaited = open.flatMap(({ path, signal, question }): AwaitedSignal[] => {
    if (question !== null) return [{ step: path, signal: null, token: question.token }];
    return signal === null ? [] : [{ step: path, signal }];
  });
  return awaited.length === open.length ? awaited : [];
}
