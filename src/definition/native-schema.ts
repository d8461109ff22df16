/**
 * The native dialect's shape: the one place that says which keys a workflow file may have. Reading and the JSON Schema that
 * editors use are both made from it. Meaning (durations, dependencies, names) is checked by the reader.
 */
import * as z from 'zod';
import { APPROVAL_FORM } from './native-approval-form.ts';
import { budgetForm, budgeting } from './native-budget-form.ts';
import { compensateOnForm } from './native-compensating.ts';
import { handing } from './native-data-form.ts';
import { declarations } from './native-declaration-form.ts';
import { joining, maxConcurrent } from './native-group-form.ts';
import { memberLimits } from './native-limits-form.ts';
import { mapForm } from './native-map-form.ts';
import { oversightForm } from './native-oversight-form.ts';
import { phasesForm, phasing, sendingBack } from './native-phase-form.ts';
import { recovering } from './native-recovery-form.ts';
import { common, condition, skippable, TYPE, values } from './native-step-form.ts';
import { SYNC_FORM } from './native-sync-form.ts';
import { timing } from './native-time-form.ts';
import { voteForm } from './native-vote-form.ts';
import { SIGNAL_FORM, SLEEP_FORM } from './native-wait-form.ts';

const text = z.string();

const ambiguous = z
  .enum(['rerun', 'escalate'])
  .optional()
  .describe(
    'An attempt that was in flight when the host died: "rerun" (default) under the same key, or "escalate": it is not run again, the step fails.',
  )
  .meta({ default: 'rerun' });
const work = {
  ...common,
  ...skippable,
  ...timing,
  ...recovering,
  ...budgeting,
  persona: text.min(1).optional().describe('The role that is asked when nobody is registered for the type; may hold templates.'),
  params: values
    .optional()
    .describe(
      'Parameters for the agent; texts may hold templates. Where the step has no "estimate", one among them (seconds, or a text such as "20m") counts as it.',
    ),
  criticality: z
    .enum(['low', 'medium', 'high', 'critical'])
    .optional()
    .describe(
      'What it means that this goes wrong: with "oversight", it decides whether people approve the step before it begins. Default "medium".',
    )
    .meta({ default: 'medium' }),
  on_ambiguous: ambiguous,
  ...sendingBack,
  ...handing,
};

/** The forms of a step by its type; `members` is the schema of the steps inside a step. */
function stepForms<Members extends z.ZodType>(members: Members) {
  const steps = z.array(members);
  const group = {
    ...common,
    ...skippable,
    ...timing,
    ...recovering,
    ...budgeting,
    ...joining,
    ...memberLimits,
    steps: steps.min(1).describe('The members of the group.'),
  };
  const atOnce = { ...group, max_concurrent: maxConcurrent.optional() };
  return {
    'persona-request': z
      .strictObject({
        ...work,
        type: z.literal('persona-request').describe(TYPE),
        persona: text.min(1).describe('The role that is asked to do the work; may hold templates.'),
      })
      .meta({ title: 'persona-request', description: 'Asks the agent that plays a persona.' }),
    'git-operation': z
      .looseObject({
        ...work,
        type: z.literal('git-operation').describe(TYPE),
        operation: text.min(1).describe('create-branch, checkout, commit, push, merge, rebase, sync, finalize, …'),
        branch: text.optional().describe('Target branch; may hold templates.'),
        message: text.optional().describe('Commit message; may hold templates.'),
      })
      .meta({ title: 'git-operation', description: 'A git operation. Further keys are parameters of it.' }),
    conditional: z
      .strictObject({
        ...common,
        ...timing,
        ...budgeting,
        type: z.literal('conditional').describe(TYPE),
        condition: condition.describe('The question: true runs "then_steps", false "else_steps".'),
        then_steps: steps.optional().describe('Run when the condition is true.'),
        else_steps: steps.optional().describe('Run when the condition is false.'),
      })
      .meta({ title: 'conditional', description: 'One of two branches. "timeout" and "retries" are defaults for the steps inside.' }),
    parallel: z
      .strictObject({ ...atOnce, type: z.literal('parallel').describe(TYPE) })
      .meta({ title: 'parallel', description: 'Members at the same time. "timeout" and "retries" are defaults for the members.' }),
    sequence: z
      .strictObject({ ...group, type: z.literal('sequence').describe(TYPE) })
      .meta({ title: 'sequence', description: 'Members one after the other. "timeout" and "retries" are defaults for the members.' }),
    group: z.strictObject({ ...atOnce, type: z.literal('group').describe(TYPE) }).meta({
      title: 'group',
      description: 'Members in the order of their dependencies. "timeout" and "retries" are defaults for the members.',
    }),
    phase: z
      .strictObject({
        ...atOnce,
        steps: steps.describe('The members of the phase. Without any, or where all are skipped, the phase is skipped.'),
        ...phasing,
        type: z.literal('phase').describe(TYPE),
      })
      .meta({ title: 'phase', description: 'A group with a gate, which may send work back to an earlier phase.' }),
    'sync-point': SYNC_FORM,
    vote: voteForm(ambiguous),
    approval: APPROVAL_FORM,
    map: mapForm(members),
    workflow: z
      .strictObject({
        ...common,
        ...skippable,
        ...recovering,
        ...budgeting,
        ...memberLimits,
        type: z.literal('workflow').describe(TYPE),
        workflow: text.min(1).describe('Name of a workflow beside this file, or a path to its file.'),
        inputs: values.optional().describe('The nested workflow’s input; texts may hold templates.'),
        outputs: values.optional().describe('Rendered inside the nested workflow and added to the step’s output.'),
      })
      .meta({ title: 'workflow', description: 'Another workflow run inside this one, with variables of its own.' }),
    variables: z
      .strictObject({
        ...common,
        ...skippable,
        type: z.literal('variables').describe(TYPE),
        set: values.describe('Variables and their values; texts may hold templates.'),
      })
      .meta({ title: 'variables', description: 'Sets variables of the run.' }),
    'wait-for-signal': SIGNAL_FORM,
    sleep: SLEEP_FORM,
  } as const;
}

/** The forms as the reader uses them: it visits the steps inside a step itself. */
export const NATIVE_STEP_FORMS = stepForms(z.unknown());

/** A step whose type somebody registered: further keys are its parameters, as with git-operation. */
export const CUSTOM_STEP_FORM = z
  .looseObject({ ...work, type: text.regex(new RegExp(`^(?!(?:${Object.keys(NATIVE_STEP_FORMS).join('|')})$)`)).describe(TYPE) })
  .meta({ title: 'custom step type', description: 'A step of a registered type; further keys are its parameters.' });

function fileForm<Members extends z.ZodType>(members: Members, phases: z.ZodType) {
  const steps = z.array(members);
  return z.strictObject({
    $schema: text.optional().describe('For editors.'),
    name: text.min(1).describe('The name that the workflow is started and nested by.'),
    version: z.union([text, z.number()], { error: 'must be a text' }).optional().describe('Kept with every run.'),
    description: text.optional().describe('What the workflow is for.'),
    ...declarations,
    budget: budgetForm.optional(),
    oversight: oversightForm.optional(),
    variables: values.optional().describe('Initial variables; texts may hold templates over the input.'),
    ...recovering,
    defaults: z.strictObject(timing).optional().describe('Timeout and retries of every step that gives none.'),
    ...timing,
    mode: z
      .enum(['graph', 'sequential'])
      .optional()
      .describe('"graph" (default): by dependencies; "sequential": one after the other.')
      .meta({ default: 'graph' }),
    on_failure: z
      .enum(['continue', 'stop', 'best_effort'])
      .optional()
      .describe(
        'When a step fails for good: "continue" (default) finishes independent branches, "stop" ends the run, "best_effort" still succeeds.',
      )
      .meta({ default: 'continue' }),
    compensate_on: compensateOnForm.optional(),
    on_skip: z
      .enum(['satisfy', 'propagate'])
      .optional()
      .describe('A skipped dependency satisfies (default), or its dependents are skipped too.')
      .meta({ default: 'satisfy' }),
    failure_handling: z
      .strictObject({
        on_step_failure: steps.optional().describe('Run when a step has failed for good.'),
        on_workflow_failure: steps.optional().describe('Run when the run has failed.'),
      })
      .optional()
      .describe('Steps that run after a failure.'),
    trigger: z
      .strictObject({ condition: condition.describe('Speaks of the task: its fields by their names, and "task".') })
      .optional()
      .describe('When this workflow is chosen for a task.'),
    context: values.optional().describe('Kept with the workflow, not interpreted.'),
    phases: phases.optional(),
    steps: steps.min(1).describe('The steps of the workflow.'),
    outputs: values.optional().describe('The run’s outputs, rendered at its end. Default: outputs by step.'),
  });
}

/** The file as the reader uses it. */
export const NATIVE_FILE_FORM = fileForm(z.unknown(), phasesForm());

/** The whole file with everything inside it, for the JSON Schema. */
export function nativeFileSchema(): z.ZodType {
  const sorted = { phase: text.min(1).optional().describe('In a file with "phases": the one it belongs to, whatever its kind is.') };
  const forms = () => [...Object.values(stepForms(step)), CUSTOM_STEP_FORM].map((form) => form.extend(sorted));
  const step: z.ZodType = z.lazy(() => z.union(forms())).meta({ id: 'step', title: 'step' });
  const { type: _, steps: __, dependencies: ___, depends_on: ____, ...keys } = stepForms(step).phase.shape;
  const file = fileForm(step, phasesForm(keys));
  return file.meta({ title: 'Troupe workflow', description: 'A workflow file of Troupe (native dialect).' });
}
