import type { RunBudget } from './budget.ts';
import { outside } from './builder-number-check.ts';
import type { BuildProblem } from './builder-refusal.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/** VALUE_RANGE for budgets of a workflow and its steps that hold nothing, or expect nothing of an attempt. */
export function* budgetProblems({ budget, steps, onStepFailure, onWorkflowFailure }: Workflow): Generator<BuildProblem> {
  yield* ofBudget('budget', budget);
  yield* ofSteps([...steps, ...onStepFailure, ...onWorkflowFailure]);
}

function* ofSteps(steps: readonly Step[]): Generator<BuildProblem> {
  for (const step of everyStep(steps)) {
    yield* ofBudget(`${step.id}: budget`, step.budget);
    if (step.kind === 'map') yield* ofSteps(step.workflow.steps);
  }
}

function* ofBudget(what: string, budget: RunBudget | undefined): Generator<BuildProblem> {
  if (budget === undefined) return;
  yield* outside(`${what}.tokens`, budget.tokens, { above: 0 });
  yield* outside(`${what}.attempt`, budget.attempt, { above: 0 });
}
