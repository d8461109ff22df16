import type { StepView } from '../../index.ts';
import { stateWord } from './state-words.ts';

const ORDER = ['completed', 'failed', 'cancelled', 'skipped'];

/** How many steps stand where: `6 completed, 1 skipped, 2 pending`. */
export function stepCounts(steps: readonly StepView[]): string {
  const counts = new Map<string, number>(ORDER.map((state) => [state, 0]));
  for (const { state } of steps) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${stateWord(state)}`)
    .join(', ');
}
