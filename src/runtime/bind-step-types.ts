import { type Draft, produce } from 'immer';
import { type ApprovalTerms, shownTo } from '../definition/approval-terms.ts';
import type { SleepStep, Step, Workflow } from '../definition/workflow.ts';
import type { JsonObject } from '../protocol/json.ts';

type Block = Exclude<Step, { kind: 'task' }>;

const bound = new WeakMap<Workflow, Map<string, Workflow>>();

/**
 * The workflow with every step whose type is registered made a task for whoever is registered, also where the type is built in: a
 * registration outranks the built-in meaning. Returns the same object when nothing changes.
 */
export function bindStepTypes(workflow: Workflow, types: readonly string[]): Workflow {
  if (types.length === 0) return workflow;
  const key = types.join('\n');
  const known = bound.get(workflow) ?? new Map<string, Workflow>();
  bound.set(workflow, known);
  let made = known.get(key);
  if (made === undefined) {
    made = produce(workflow, (draft) => bindWorkflow(draft, new Set(types)));
    known.set(key, made);
  }
  return made;
}

function bindWorkflow(workflow: Draft<Workflow>, types: ReadonlySet<string>): void {
  for (const list of [workflow.steps, workflow.onStepFailure, workflow.onWorkflowFailure]) bindList(list, types);
}

function bindList(steps: Draft<Step>[], types: ReadonlySet<string>): void {
  steps.forEach((step, i) => {
    if (step.kind === 'task') return;
    if (types.has(step.type)) steps[i] = asTask(step);
    else if (step.kind === 'group') bindList(step.steps, types);
    else if (step.kind === 'choice') for (const branch of [step.then, step.otherwise]) bindList(branch, types);
    else if (step.kind === 'workflow' && step.workflow !== undefined) bindWorkflow(step.workflow, types);
  });
}

/** The block as work for somebody: what it would have worked on become its params. */
function asTask({ id, name, type, dependencies, description, condition, position, ...rest }: Draft<Block>): Draft<Step> {
  return {
    kind: 'task',
    id,
    name,
    type,
    dependencies,
    params: paramsOf(rest),
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition }),
    ...(position === undefined ? {} : { position }),
  };
}

type Rest<B extends Block> = B extends Block ? Omit<B, keyof Omit<Block, 'kind'>> : never;

function sleepParams({
  for: lasts,
  moment,
  until,
}: Pick<SleepStep, 'for' | 'moment' | 'until'>): Record<'for' | 'until', string | number | null> {
  return {
    for: typeof lasts === 'object' ? lasts.template : (lasts ?? null),
    until: typeof moment === 'object' ? moment.template : (moment ?? until ?? null),
  };
}

function paramsOf(block: Draft<Rest<Block>>): Draft<JsonObject> {
  if (block.kind === 'workflow') return { workflow: block.ref, inputs: block.inputs };
  if (block.kind === 'variables') return { variables: block.set };
  if (block.kind === 'signal') return { signal: block.signal };
  if (block.kind === 'sleep') return sleepParams(block);
  if (block.kind === 'approval') return { ...shownTo(block as ApprovalTerms), form: block.form ?? null } as Draft<JsonObject>;
  return {};
}
