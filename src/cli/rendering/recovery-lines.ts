/** What was tried for steps that had failed: one line each, with what became of it. */
import type { RecoveryNote, RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';

/** A line for each thing that was tried, in order; empty where nothing was. */
export function recoveryLines({ recoveries }: Pick<RunView, 'recoveries'>): string[] {
  return recoveries.flatMap((note, place) => {
    if (note.what === 'exhausted') return [`${oneLine(note.step)}: nothing is left to be tried`];
    if (note.what !== 'begun') return [];
    const end = recoveries.slice(place + 1).find(({ step, what }) => step === note.step && what !== 'begun');
    return [`${oneLine(note.step)}: ${recoveryText(note)}: ${end === undefined || end.what === 'exhausted' ? 'under way' : end.what}`];
  });
}

/** What was tried, because of what: `retry_agent, 1 of 2, after AGENT_FAILED: no`. */
export function recoveryText({ use, persona, time, budget, error }: RecoveryNote): string {
  const who = persona === null ? '' : ` (${oneLine(persona)})`;
  const why = error === null ? '' : `, after ${error.code}: ${oneLine(error.message)}`;
  return use === null ? 'nothing is left to be tried' : `${use}${who}, ${time} of ${budget}${why}`;
}
