/** Checkpoints as lines: where a run can go back to. */
import type { CheckpointView, RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';

/** A line for each checkpoint that stands; none where none does. */
export function checkpointLines({ checkpoints }: Pick<RunView, 'checkpoints'>): string[] {
  return checkpoints.filter(({ stands }) => stands).map((passing) => `${oneLine(passing.checkpoint)} ${passedInWords(passing)}`);
}

/** After which fact a checkpoint was passed, and with which version of the shared context. */
function passedInWords({ fact, version }: CheckpointView): string {
  return `after fact ${fact}${version === null ? '' : `, shared context at version ${version}`}`;
}
