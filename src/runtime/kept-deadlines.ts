/** Waits that go on while their run goes back to something else: they end when they would have ended. */

import type { RunState } from './run-state.ts';

/** When steps that wait, or hold others, began that had not ended, by path: of those that do not run `again`. Ms since the epoch. */
export function beganBefore({ steps, keeping }: RunState, again: ReadonlySet<string>): Map<string, number> {
  return new Map(
    [...steps.values()]
      .filter(({ path, blueprint }) => blueprint.step.kind !== 'task' && !again.has(path))
      .map(({ path, startedAt }) => [path, keeping?.began.get(path) ?? startedAt]),
  );
}

/** What is left of the time that a step, or a group in it, has in all, ms; null for no limit. The first time it is asked for counts. */
export function timeLeft({ keeping, takingOver, clock }: RunState, path: string, wholeMs: number | null): number | null {
  const began = takingOver ? keeping?.began.get(path) : undefined;
  return began === undefined || wholeMs === null ? wholeMs : Math.max(0, began + wholeMs - clock.now());
}
