/** What ends a recovery from outside: the end of its step, or of the group in which something is to begin anew. */
import type { StepOutcome } from '../protocol/outcomes.ts';
import { tellLive } from './actor-system.ts';
import type { LiveGroup, RunState } from './run-state.ts';

/** A step has ended: for good, or because it was called back. Those who are to begin anew themselves go on in its recovery. */
export function recoveryHears(state: RunState, path: string, outcome: StepOutcome): void {
  const recovery = state.recovery.live.get(path);
  if (recovery === undefined || recovery.back?.isCalled === true) return;
  state.births.push(() => tellLive(recovery.actor, { type: 'step.ended', outcome }));
}

/** The members of a group are being ended: nobody of them begins anew any more. */
export function leaveRecoveries(state: RunState, group: LiveGroup, reason: string): void {
  for (const { back, actor } of [...state.recovery.live.values()])
    if (back?.group === group.path) tellLive(actor, { type: 'cancel', reason });
}
