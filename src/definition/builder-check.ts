import { TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { budgetProblems } from './builder-budget-check.ts';
import { declarationProblems } from './builder-declaration-check.ts';
import { meetingProblems } from './builder-meeting-check.ts';
import { numberProblems } from './builder-number-check.ts';
import { peopleProblems } from './builder-people-check.ts';
import { phaseProblems } from './builder-phase-check.ts';
import { recoveryProblems } from './builder-recovery-check.ts';
import { type BuildProblem, sentence } from './builder-refusal.ts';
import { taskProblems } from './builder-task-check.ts';
import { conditionsOf, templatesOf } from './builder-texts.ts';
import { checkExpression, checkTemplates, textsIn } from './expression-check.ts';
import { checkGraph } from './graph-check.ts';
import { nativeNames } from './native-names.ts';
import { STEP_ID } from './step-id.ts';
import { StepOrder } from './step-order.ts';
import { everyStep, type Step, votersOf, type Workflow } from './workflow.ts';
import { checkWorkflow } from './workflow-check.ts';

/** A text of a workflow, and what messages call its place. */
interface Text {
  readonly owner: string;
  readonly kind: 'condition' | 'template';
  readonly value: Json;
}

type Names = ReturnType<typeof nativeNames>;

/**
 * Checks a workflow that a program has built as the readers check one from a file. Throws one DEFINITION_INVALID that names every
 * problem; `details.problems` lists them, `details.codes` the codes that the same mistakes have in a file.
 */
export function checkBuilt(workflow: Workflow): void {
  const names = nativeNames(workflow, new StepOrder(workflow.steps, workflow.mode === 'sequential'));
  const unique = new Map<string, BuildProblem>();
  const all = [
    ...declarationProblems(workflow),
    ...budgetProblems(workflow),
    ...recoveryProblems(workflow),
    ...problemsOf(workflow, names),
  ];
  for (const problem of all) unique.set(sentence(problem), problem);
  // what is wrong with its form would be told again in other words
  if (unique.size === 0) for (const problem of findingsOf(workflow)) unique.set(sentence(problem), problem);
  if (unique.size === 0) return;
  const problems = [...unique.keys()];
  const message = `the workflow "${workflow.name}" is not valid: ${problems.join('; ')}`;
  throw new TroupeError('DEFINITION_INVALID', message, { details: { problems, codes: [...unique.values()].map(({ code }) => code) } });
}

/** What can never run, never complete or collides, as errors; advice is for those who ask for it. */
function findingsOf(workflow: Workflow): BuildProblem[] {
  const errors = checkWorkflow(workflow).filter(({ severity }) => severity === 'error');
  return errors.map(({ code, step, message, hint }) => ({ code, message: `${step}: ${message}`, hint }));
}

/** The problems of a workflow and of the bodies of its maps, whose texts may use the names around them, too. */
function* problemsOf(workflow: Workflow, names: Names): Generator<BuildProblem> {
  const handlers = [...workflow.onStepFailure, ...workflow.onWorkflowFailure];
  const steps = [...everyStep([...workflow.steps, ...handlers])];
  const inOrder = workflow.mode === 'sequential';
  // Whether something ends before something else is seen where the order of the steps is known.
  yield* checkGraph([...workflow.steps, ...handlers]).filter(({ code }) => !inOrder || code !== 'FEEDBACK_TARGET');
  if (inOrder) yield* checkGraph(workflow.steps, true);
  for (const { id } of steps) if (!STEP_ID.test(id)) yield { code: 'ID_INVALID', message: `"${id}" cannot be a step id` };
  yield* numberProblems(workflow.limits, steps);
  yield* meetingProblems(workflow.conflicts, steps);
  yield* taskProblems(steps, names);
  yield* peopleProblems(steps);
  yield* phaseProblems(steps);
  yield* textProblems(workflow, steps, names);
  for (const step of steps) if (step.kind === 'map') yield* problemsOf(step.workflow, names.inside(step));
}

function* textProblems(workflow: Workflow, steps: readonly Step[], names: Names): Generator<BuildProblem> {
  for (const { owner, kind, value } of textsOf(workflow, steps)) {
    const broken = kind === 'condition' ? checkExpression(String(value), 'native') : checkTemplates(value, 'native');
    const code = kind === 'condition' ? 'EXPRESSION_INVALID' : 'TEMPLATE_INVALID';
    for (const problem of broken) yield { code, message: `${owner}: ${sentence(problem)}` };
    for (const { text } of textsIn(value)) {
      for (const problem of names.problems(text, kind)) {
        if (problem.severity !== 'warning') yield { code: problem.code, message: `${owner}: ${sentence(problem)}` };
      }
    }
  }
}

function* textsOf(workflow: Workflow, steps: readonly Step[]): Generator<Text> {
  yield { owner: 'variables', kind: 'template', value: workflow.variables };
  if (workflow.shared !== undefined) yield { owner: 'shared', kind: 'template', value: workflow.shared };
  if (workflow.outputs !== undefined) yield { owner: 'outputs', kind: 'template', value: workflow.outputs };
  const votes = new Map<string, string>();
  for (const step of steps) {
    if (step.kind === 'vote') for (const voter of votersOf(step)) votes.set(voter.id, step.id);
    const owner = votes.get(step.id) ?? step.id;
    yield { owner, kind: 'template', value: step.name };
    for (const value of conditionsOf(step)) yield { owner, kind: 'condition', value };
    for (const value of templatesOf(step)) yield { owner, kind: 'template', value };
  }
}
