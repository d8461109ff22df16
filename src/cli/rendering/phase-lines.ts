/** Phases as lines: every round with how it ended, and what its gate found. */
import type { PhaseRound, RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';

/** A line for each round of each phase; none where there are no phases. */
export function phaseLines({ phases }: RunView): string[] {
  return phases.flatMap(({ path, rounds }) =>
    rounds.map((round) => {
      const which = rounds.length === 1 ? '' : ` round ${round.round}`;
      return `${oneLine(path)}${which}: ${inWords(round)}${gateWords(round)}`;
    }),
  );
}

const inWords = ({ result }: PhaseRound) => (result === null ? 'goes on' : result.replaceAll('_', ' '));

function gateWords({ gate, counts }: PhaseRound): string {
  const ran = counts === null ? 0 : counts.completed + counts.failed;
  const done = counts === null || ran === 0 ? '' : `, ${counts.completed} of ${ran} completed`;
  const checks = gate?.checks.filter(({ kind }) => kind !== 'joined') ?? [];
  const found = checks.map(
    ({ of, required, actual, passed }) =>
      `${passed ? '✓' : '✗'} ${oneLine(of)} ${JSON.stringify(typeof actual === 'number' ? Math.round(actual * 100) / 100 : actual)}${passed ? '' : ` (needs ${JSON.stringify(required)})`}`,
  );
  return `${done}${found.length === 0 ? '' : `; ${found.join(', ')}`}`;
}
