import type { ProgressReport } from '../../protocol/agent.ts';
import { TroupeError } from '../../protocol/errors.ts';

const KEYS: readonly string[] = ['percent', 'phase', 'blocked'];

/** The report itself. Throws TroupeError AGENT_OUTPUT_INVALID for one that says nothing, or something that is no progress. */
export function checkedProgress(report: ProgressReport): ProgressReport {
  if (typeof report !== 'object' || report === null || Array.isArray(report)) throw misuse('a report of progress must be an object');
  const stray = Object.keys(report).find((key) => !KEYS.includes(key));
  if (stray !== undefined) throw misuse(`a report of progress has no ${JSON.stringify(stray)}`);
  const { percent, phase, blocked } = report;
  if (percent !== undefined && (typeof percent !== 'number' || Number.isNaN(percent))) throw misuse('"percent" must be a number');
  for (const [name, words] of Object.entries({ phase, blocked })) {
    if (words !== undefined && words !== null && typeof words !== 'string') throw misuse(`"${name}" must be a text or null`);
  }
  return report;
}

const misuse = (message: string): TroupeError =>
  new TroupeError('AGENT_OUTPUT_INVALID', message, { hint: 'report({ percent, phase, blocked }): each may be left out' });
