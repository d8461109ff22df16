/** What is being tried for a step that has failed, in one clause. */
import { stateOf } from './actor-system.ts';
import type { RecoveryNote } from './recovery-book.ts';
import type { LiveStep, RunState } from './run-state.ts';

/** The clause for a live step; null where it is not being recovered. */
export function recoveryInWords({ recovery }: RunState, { path }: LiveStep): string | null {
  const live = recovery.live.get(path);
  if (live === undefined || live.tried === null) return null;
  const waits = WAITS[stateOf(live.actor)] ?? '';
  const before = recovery.log.filter(({ step, what }) => step === path && what === 'failed').length;
  const vain = before === 0 ? '' : `, after ${before === 1 ? 'one way' : `${before} ways`} in vain`;
  return `it is being recovered by ${triedInWords(live.tried)}${waits}${vain}; it had failed with ${live.error.code}: ${live.error.message}`;
}

/** What is waited for before something can be tried. */
const WAITS: Readonly<Record<string, string>> = {
  retrying: ', which begins after a pause',
  reopening: ', once everything in it has ended',
  fallingBack: ', once everybody beside it has ended',
  restarting: ', once everybody who is to run again has ended',
};

/** What was tried, by whom, for which time. */
function triedInWords({ use, persona, time, budget }: Pick<RecoveryNote, 'use' | 'persona' | 'time' | 'budget'>): string {
  return `${use ?? 'nothing'}${persona === null ? '' : ` (${persona})`}, ${time} of ${budget}`;
}
