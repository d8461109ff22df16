import type { RunView } from './run-view.ts';

/** A step that stands still until somebody sends its signal. */
export interface AwaitedSignal {
  readonly step: string;
  readonly signal: string;
}

/** States of steps that only wait for others; a conflict waits with a step of its own. */
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
  'dismissing',
  'contested',
]);

/**
 * The signals without which a run cannot go on: empty as long as anything works, backs off or is about to start, and for a run that
 * is paused or has ended.
 */
export function awaitedSignals(view: RunView): AwaitedSignal[] {
  if (view.status !== 'running') return [];
  const open = view.steps.filter(({ outcome, state }) => outcome === null && !COORDINATING.has(state));
  const awaited = open.flatMap(({ path, signal }) => (signal === null ? [] : [{ step: path, signal }]));
  return awaited.length === open.length ? awaited : [];
}
