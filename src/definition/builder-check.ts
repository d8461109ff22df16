import { TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { meetingProblems } from './builder-meeting-check.ts';
import { numberProblems } from './builder-number-check.ts';
import { type BuildProblem, sentence } from './builder-refusal.ts';
import { sharingProblems } from './builder-sharing-check.ts';
import { checkExpression, checkTemplates, textsIn } from './expression-check.ts';
import { checkGraph } from './graph-check.ts';
import { nativeNames } from './native-names.ts';
import { STEP_ID } from './step-id.ts';
import { StepOrder } from './step-order.ts';
import { everyStep, type Step, votersOf, type Workflow } from './workflow.ts';

interface Text {
  readonly owner: string;
  readonly kind: 'condition' | 'template';
  readonly value: Json;
}

/**
 * Checks a workflow that a program has built as the readers check one from a file. Throws one DEFINITION_INVALID that names every
 * problem; `details.problems` lists them, `details.codes` the codes that the same mistakes have in a file.
 */
export function checkBuilt(workflow: Workflow): void {
  const unique = new Map<string, BuildProblem>();
  for (const problem of [...problemsOf(workflow, workflow), ...sharingProblems(workflow)]) unique.set(sentence(problem), problem);
  if (unique.size === 0) return;
  const problems = [...unique.keys()];
  const message = `the workflow "${workflow.name}" is not valid: ${problems.join('; ')}`;
  throw new TroupeError('DEFINITION_INVALID', message, { details: { problems, codes: [...unique.values()].map(({ code }) => code) } });
}

/** `seen`: the same workflow with all the names its texts may use. */
function* problemsOf(workflow: Workflow, seen: Workflow): Generator<BuildProblem> {
  const sequential = workflow.mode === 'sequential';
  const handlers = [...workflow.onStepFailure, ...workflow.onWorkflowFailure];
  yield* checkGraph([...workflow.steps, ...handlers]);
  if (sequential) yield* checkGraph(workflow.steps, true);
  for (const { id } of everyStep([...workflow.steps, ...handlers])) {
    if (!STEP_ID.test(id)) yield { code: 'ID_INVALID', message: `"${id}" cannot be a step id` };
  }
  yield* numberProblems(workflow);
  yield* meetingProblems(workflow);
  yield* textProblems(workflow, seen, handlers);
  for (const step of everyStep([...workflow.steps, ...handlers])) {
    if (step.kind !== 'map') continue;
    yield* problemsOf(step.workflow, insideOf(step.workflow, step.as, seen));
    yield* sharingProblems(step.workflow, seen);
  }
}

/** The body of a map with the names that it sees of what is around it. */
function insideOf(body: Workflow, as: string, around: Workflow): Workflow {
  return {
    ...around,
    variables: { ...around.variables, [as]: null, index: null },
    steps: [...around.steps, ...body.steps],
    mode: 'graph',
  };
}

function* textProblems(workflow: Workflow, seen: Workflow, handlers: readonly Step[]): Generator<BuildProblem> {
  const names = nativeNames(seen, new StepOrder(seen.steps, seen.mode === 'sequential'));
  for (const { owner, kind, value } of textsOf(workflow, handlers)) {
    const broken = kind === 'condition' ? checkExpression(String(value), 'native') : checkTemplates(value, 'native');
    const code = kind === 'condition' ? 'EXPRESSION_INVALID' : 'TEMPLATE_INVALID';
    const unknown = [...textsIn(value)].flatMap(({ text }) => names.problems(text, kind)).filter(({ severity }) => severity !== 'warning');
    for (const problem of broken) yield { code, message: `${owner}: ${sentence(problem)}` };
    for (const problem of unknown) yield { code: problem.code, message: `${owner}: ${sentence(problem)}` };
  }
}

function* textsOf(workflow: Workflow, handlers: readonly Step[]): Generator<Text> {
  yield { owner: 'variables', kind: 'template', value: workflow.variables };
  if (workflow.shared !== undefined) yield { owner: 'shared', kind: 'template', value: workflow.shared };
  if (workflow.outputs !== undefined) yield { owner: 'outputs', kind: 'template', value: workflow.outputs };
  const votes = new Map<string, string>();
  for (const step of everyStep([...workflow.steps, ...handlers])) {
    if (step.kind === 'vote') for (const voter of votersOf(step)) votes.set(voter.id, step.id);
    const owner = votes.get(step.id) ?? step.id;
    yield { owner, kind: 'template', value: step.name };
    for (const value of conditionsOf(step)) yield { owner, kind: 'condition', value };
    for (const value of givenTo(step)) yield { owner, kind: 'template', value };
  }
}

function conditionsOf(step: Step): string[] {
  const edges = Object.values(step.edges ?? {}).map(({ when }) => when);
  const own = step.kind === 'choice' ? step.when : step.kind === 'sync' ? step.check : step.kind === 'map' ? step.over : undefined;
  return [step.condition, ...edges, own].filter((text) => text !== undefined);
}

function givenTo(step: Step): Json[] {
  if (step.kind === 'task') return [step.params, step.compensate?.params ?? {}];
  if (step.kind === 'variables') return [step.set];
  return step.kind === 'workflow' ? [step.inputs] : [];
}
