import { outside } from './builder-number-check.ts';
import type { BuildProblem } from './builder-refusal.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** What could never be tried of the ways of recovering, and handlers that are for steps that are not there. */
export function* recoveryProblems({ steps, onStepFailure, onWorkflowFailure }: Workflow): Generator<BuildProblem> {
  const ids = new Set([...everyStep(steps)].map(({ id }) => id));
  yield* ofSteps(steps, ids, false);
  const handlers = new Set([...onStepFailure, ...onWorkflowFailure]);
  for (const { id, forSteps = [] } of handlers) {
    for (const named of forSteps) if (!ids.has(named)) yield unknown(id, named, ids, 'that could fail');
  }
  for (const { id, forSteps } of everyStep([...steps, ...[...handlers].flatMap((handler) => [...everyStep([handler])].slice(1))])) {
    if (forSteps === undefined) continue;
    const message = `${id}: "forSteps" says for whose failures a handler is there, and this step is no handler`;
    yield { code: 'DECLARATION_CONFLICT', message };
  }
}

function* ofSteps(steps: readonly Step[], ids: ReadonlySet<string>, inParallel: boolean): Generator<BuildProblem> {
  for (const step of steps) {
    const isParallel = inParallel || step.kind === 'map' || (step.kind === 'group' && step.mode === 'parallel');
    for (const strategy of step.recovery ?? []) {
      yield* outside(`${step.id}: the budget of ${strategy.use}`, strategy.budget, { from: 1, to: 1_000_000, whole: true });
      if (strategy.use === 'restart' && strategy.from !== undefined && !ids.has(strategy.from)) {
        yield unknown(step.id, strategy.from, ids, 'to go back to');
      }
      if (strategy.use !== 'fall_back_sequential' || isParallel) continue;
      const message = `${quoted(step.id)} is no parallel group and stands in none: nothing could run one by one`;
      yield { code: 'DECLARATION_CONFLICT', message, hint: 'say it of a parallel group, or of a step in one' };
    }
    if (step.kind === 'group') yield* ofSteps(step.steps, ids, isParallel);
    if (step.kind === 'choice') yield* ofSteps([...step.then, ...step.otherwise], ids, inParallel);
  }
}

function unknown(owner: string, named: string, ids: ReadonlySet<string>, what: string): BuildProblem {
  const close = nearest(named, ids);
  const message = `${owner}: there is no step ${quoted(named)} ${what}`;
  return { code: 'NAME_UNKNOWN', message, hint: close === null ? undefined : `did you mean "${close}"?` };
}
