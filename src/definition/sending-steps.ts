/**
 * Steps that send work back by themselves: each is put into a phase of its own, so that nothing behind the readers knows of them. The step
 * keeps its id, and with it its output, its attempts and its agent; the phase is called `<id>.feedback`, takes its place among the others, and
 * takes over whatever says when it runs and what follows from its end.
 */
import type { FeedbackSettings } from './phase-settings.ts';
import { everyStep, type GroupStep, type Step, type TaskStep, type VoteStep, type Workflow } from './workflow.ts';

/** A step that sends work back without being a phase. */
type SendingStep = (TaskStep | VoteStep) & { readonly feedback: FeedbackSettings };

/** Whether a step sends work back by itself. */
export const isSender = (step: Step): step is SendingStep => (step.kind === 'task' || step.kind === 'vote') && step.feedback !== undefined;

/** The id of the phase around a step that sends work back by itself. */
export const phaseAround = (id: string): string => `${id}.feedback`;

/** Where a step sends work back to, be it a phase or not; undefined where it does not. */
export function feedbackOf(step: Step): FeedbackSettings | undefined {
  if (step.kind === 'group') return step.phase?.feedback;
  return isSender(step) ? step.feedback : undefined;
}

/** The workflow with a phase around every step that sends work back by itself, bodies of maps included; the same one where none does. */
export function withPhasesAround(workflow: Workflow): Workflow {
  const { steps, onStepFailure, onWorkflowFailure } = workflow;
  const all = [...everyStep([...steps, ...onStepFailure, ...onWorkflowFailure])];
  const senders = new Set(all.filter(isSender).map(({ id }) => id));
  const holdsMore = all.some((step) => step.kind === 'map' && withPhasesAround(step.workflow) !== step.workflow);
  if (senders.size === 0 && !holdsMore) return workflow;
  const put = (list: readonly Step[]): Step[] => list.map((step) => around(inside(renamed(step, senders), put)));
  return { ...workflow, steps: put(steps), onStepFailure: put(onStepFailure), onWorkflowFailure: put(onWorkflowFailure) };
}

function inside(step: Step, put: (list: readonly Step[]) => Step[]): Step {
  if (step.kind === 'group') return { ...step, steps: put(step.steps) };
  if (step.kind === 'choice') return { ...step, then: put(step.then), otherwise: put(step.otherwise) };
  return step.kind === 'map' ? { ...step, workflow: withPhasesAround(step.workflow) } : step;
}

/** The step with what it says about steps that send work back said about the phases around them. */
function renamed(step: Step, senders: ReadonlySet<string>): Step {
  const named = (id: string) => (senders.has(id) ? phaseAround(id) : id);
  const { dependencies, edges, fallback, forSteps } = step;
  const base = {
    dependencies: dependencies.map(named),
    ...(edges === undefined ? {} : { edges: Object.fromEntries(Object.entries(edges).map(([id, edge]) => [named(id), edge])) }),
    ...(fallback === undefined ? {} : { fallback: named(fallback) }),
    // both may fail: the step itself, and the phase around it once no more work may go back
    ...(forSteps === undefined ? {} : { forSteps: forSteps.flatMap((id) => (senders.has(id) ? [id, phaseAround(id)] : [id])) }),
  };
  return step.kind === 'sync' ? { ...step, ...base, members: step.members.map(named) } : { ...step, ...base };
}

function around(step: Step): Step {
  if (!isSender(step)) return step;
  const { feedback, dependencies, edges, condition, fallback, forSteps, onFailure, ...own } = step;
  const phase: GroupStep = {
    kind: 'group',
    id: phaseAround(step.id),
    name: phaseAround(step.id),
    type: 'phase',
    dependencies,
    ...(edges === undefined ? {} : { edges }),
    ...(condition === undefined ? {} : { condition }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(forSteps === undefined ? {} : { forSteps }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(step.position === undefined ? {} : { position: step.position }),
    mode: 'graph',
    waitFor: 'all',
    phase: { around: step.id, feedback },
    steps: [{ ...own, dependencies: [] }],
  };
  return phase;
}
