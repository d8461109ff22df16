import { TroupeError } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { checkExpression, checkTemplates, textsIn } from './expression-check.ts';
import { checkGraph } from './graph-check.ts';
import { nativeNames } from './native-names.ts';
import { STEP_ID } from './step-id.ts';
import { StepOrder } from './step-order.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

interface Text {
  readonly owner: string;
  readonly kind: 'condition' | 'template';
  readonly value: Json;
}

/**
 * Checks a workflow that a program has built as the readers check one from a file. Throws one DEFINITION_INVALID that names every
 * problem; `details.problems` lists them.
 */
export function checkBuilt(workflow: Workflow): void {
  const sequential = workflow.mode === 'sequential';
  const handlers = [...workflow.onStepFailure, ...workflow.onWorkflowFailure];
  const names = nativeNames(workflow, new StepOrder(workflow.steps, sequential));
  const problems = [
    ...checkGraph([...workflow.steps, ...handlers]).map(sentence),
    ...(sequential ? checkGraph(workflow.steps, true).map(sentence) : []),
    ...[...everyStep([...workflow.steps, ...handlers])]
      .filter(({ id }) => !STEP_ID.test(id))
      .map(({ id }) => `"${id}" cannot be a step id`),
  ];
  for (const { owner, kind, value } of textsOf(workflow, handlers)) {
    const broken = kind === 'condition' ? checkExpression(String(value), 'native') : checkTemplates(value, 'native');
    const unknown = [...textsIn(value)].flatMap(({ text }) => names.problems(text, kind)).filter(({ severity }) => severity !== 'warning');
    problems.push(...[...broken, ...unknown].map((problem) => `${owner}: ${sentence(problem)}`));
  }
  if (problems.length === 0) return;
  const unique = [...new Set(problems)];
  const message = `the workflow "${workflow.name}" is not valid: ${unique.join('; ')}`;
  throw new TroupeError('DEFINITION_INVALID', message, { details: { problems: unique } });
}

function* textsOf(workflow: Workflow, handlers: readonly Step[]): Generator<Text> {
  yield { owner: 'variables', kind: 'template', value: workflow.variables };
  if (workflow.outputs !== undefined) yield { owner: 'outputs', kind: 'template', value: workflow.outputs };
  for (const step of everyStep([...workflow.steps, ...handlers])) {
    const owner = step.id;
    yield { owner, kind: 'template', value: step.name };
    if (step.condition !== undefined) yield { owner, kind: 'condition', value: step.condition };
    if (step.kind === 'choice') yield { owner, kind: 'condition', value: step.when };
    yield { owner, kind: 'template', value: givenOf(step) };
  }
}

function givenOf(step: Step): JsonObject {
  if (step.kind === 'task') return step.params;
  if (step.kind === 'variables') return step.set;
  return step.kind === 'workflow' ? step.inputs : {};
}

function sentence({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
