import type { BuildProblem } from './builder-refusal.ts';
import { statedItems } from './stated-list.ts';
import type { StepNeeds } from './step-data.ts';
import type { Step } from './workflow.ts';
import type { WorkflowLimits } from './workflow-limits.ts';

/** What a number may be. Bounds are included, but `above` is not. */
export interface Range {
  readonly above?: number;
  readonly from?: number;
  readonly to?: number;
  readonly whole?: boolean;
}

const COUNT: Range = { from: 1, to: 1_000_000, whole: true };
const AMOUNT: Range = { above: 0 };
const AMOUNTS: ReadonlySet<string> = new Set(['tokens', 'tokensPerMinute', 'memoryMb', 'cpu', 'io', 'concurrency']);

/** VALUE_RANGE for every number that is too small or too large, VALUE_TYPE for what is no number, or no list to go over. */
export function* numberProblems(limits: WorkflowLimits = {}, steps: readonly Step[]): Generator<BuildProblem> {
  yield* amounts('limits', limits);
  for (const step of steps) yield* ofStep(step);
}

function* ofStep(step: Step): Generator<BuildProblem> {
  const { id } = step;
  if ('limits' in step) yield* amounts(`${id}: limits`, step.limits ?? {});
  switch (step.kind) {
    case 'task':
      yield* amounts(`${id}: needs`, step.needs ?? {});
      break;
    case 'group':
      yield* outside(`${id}: quorum`, step.quorum, COUNT);
      yield* outside(`${id}: maxConcurrent`, step.maxConcurrent, COUNT);
      break;
    case 'sync':
      yield* outside(`${id}: threshold`, step.threshold, { from: 1, to: 100 });
      break;
    case 'vote':
      yield* outside(`${id}: quorum`, step.quorum, COUNT);
      for (const weight of step.weights ?? []) yield* outside(`${id}: a weight`, weight, AMOUNT);
      break;
    case 'map':
      if (statedItems(step.over) === 'none') yield { code: 'VALUE_TYPE', message: `${id}: "over" must give a list; found ${step.over}` };
      yield* outside(`${id}: maxConcurrent`, step.maxConcurrent, COUNT);
      if (step.tolerate === undefined) break;
      if ('count' in step.tolerate) yield* outside(`${id}: tolerate`, step.tolerate.count, { from: 0, whole: true });
      else yield* outside(`${id}: tolerate`, step.tolerate.share, { from: 0, to: 1 });
  }
}

function* amounts(what: string, { capabilities, ...given }: StepNeeds | WorkflowLimits): Generator<BuildProblem> {
  for (const [name, amount] of Object.entries(given)) {
    if (typeof amount === 'number') yield* outside(`${what}.${name}`, amount, name === 'concurrency' ? COUNT : AMOUNT);
    else if (AMOUNTS.has(name) && amount !== undefined) yield { code: 'VALUE_TYPE', message: `${what}.${name} must be a number` };
  }
  if (capabilities === undefined || Array.isArray(capabilities)) return;
  for (const [name, amount] of Object.entries(capabilities)) yield* outside(`${what}.capabilities.${name}`, amount, COUNT);
}

/** VALUE_RANGE for a number that is too small or too large; `what` names it. */
export function* outside(what: string, value: number | undefined, range: Range): Generator<BuildProblem> {
  if (value === undefined) return;
  const { above, from, to, whole = false } = range;
  const fits = above === undefined ? value >= (from ?? 0) && value <= (to ?? Number.MAX_VALUE) : value > above && value <= Number.MAX_VALUE;
  if (fits && (!whole || Number.isInteger(value))) return;
  const least = above === undefined ? `from ${from ?? 0}` : `more than ${above}`;
  const most = to === undefined ? '' : ` to ${to}`;
  const message = `${what} must be a ${whole ? 'whole ' : ''}number ${least}${most}; found ${value}`;
  yield { code: 'VALUE_RANGE', message };
}
