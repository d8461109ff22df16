/** Which steps are shown where not all of them fit. */
import type { StepView } from '../../index.ts';

/** The steps to show, in their order, and those left out. */
export interface StepWindow {
  readonly shown: readonly StepView[];
  readonly hidden: readonly StepView[];
}

/**
 * The `count` steps that matter most now: what works or waits for something, then failures, then what ended last, then what comes
 * next, then the rest.
 */
export function stepWindow(steps: readonly StepView[], count: number): StepWindow {
  if (steps.length <= count) return { shown: steps, hidden: [] };
  const ranked = steps.map((step, index) => ({ step, index })).sort((a, b) => rank(a.step) - rank(b.step) || recency(a, b));
  const chosen = new Set(ranked.slice(0, Math.max(0, count)).map(({ step }) => step));
  return { shown: steps.filter((step) => chosen.has(step)), hidden: steps.filter((step) => !chosen.has(step)) };
}

function rank({ state, outcome }: StepView): number {
  if (outcome === null && state !== 'pending') return 0;
  if (outcome === 'failed') return 1;
  if (outcome === 'completed') return 2;
  return state === 'pending' ? 3 : 4;
}

interface Placed {
  readonly step: StepView;
  readonly index: number;
}

/** Among those that ended the latest first; otherwise in the order of the workflow. */
function recency(a: Placed, b: Placed): number {
  return (b.step.endedAt ?? 0) - (a.step.endedAt ?? 0) || a.index - b.index;
}
