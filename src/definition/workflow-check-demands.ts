/** What nobody can do: demands above the limits, and personas that nobody plays. */
import { type EnclosingLimits, everyEnclosed } from './enclosing-limits.ts';
import { estimateOf } from './estimate.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { tokenRate } from './token-rate.ts';
import { everyStep, type Step, type TaskStep, type Workflow } from './workflow.ts';
import type { CheckOptions, StepProblem } from './workflow-check-step.ts';
import type { WorkflowLimits } from './workflow-limits.ts';

/**
 * Steps that need more at once than there is at all, of the workflow's limits or of those around a step in it; `around`: those around the workflow.
 * Tokens are spread over the time the step is expected to take, a minute at least.
 */
export function demandProblems(
  { steps, onStepFailure, onWorkflowFailure, limits: own }: Workflow,
  { limits = own ?? {} }: CheckOptions,
  around: readonly EnclosingLimits[] = [],
): StepProblem[] {
  return [...everyEnclosed([...steps, ...onStepFailure, ...onWorkflowFailure], around)].flatMap((enclosed) => {
    const { step } = enclosed;
    if (step.kind !== 'task') return [];
    const ofFile = problemsWithin(step, limits, (limit) => `the limit is ${limit}`);
    const inside = enclosed.around.flatMap(({ owner, limits: theirs }) =>
      problemsWithin(step, theirs, (limit) => `${owner} allows ${limit}`),
    );
    return [...ofFile, ...inside];
  });
}

function problemsWithin(step: TaskStep, limits: WorkflowLimits, allows: (limit: string) => string): StepProblem[] {
  const { needs = {} } = step;
  const above = (what: string, key: string, demand: number | undefined, limit: number | undefined): StepProblem[] => {
    if (demand === undefined || limit === undefined || demand <= limit) return [];
    const message = `${quoted(step.id)} needs ${Math.ceil(demand).toLocaleString('en')} ${what}, ${allows(limit.toLocaleString('en'))}`;
    const hint = 'raise the limit, or lower what the step asks for';
    return [{ code: 'DEMAND_ABOVE_LIMIT', severity: 'error', message, hint, step, path: ['requires', key] }];
  };
  return [
    ...above('MB of memory', 'memory_mb', needs.memoryMb, limits.memoryMb),
    ...above('cores', 'cpu', needs.cpu, limits.cpu),
    ...above('of input and output', 'io', needs.io, limits.io),
    ...above(
      'tokens a minute',
      'tokens',
      needs.tokens === undefined ? undefined : tokenRate(needs.tokens, estimateOf(step).ms),
      limits.tokensPerMinute,
    ),
    ...(needs.capabilities ?? []).flatMap((name) =>
      above(`of the capability ${quoted(name)}`, 'capabilities', 1, capabilityLimit(limits, name)),
    ),
  ];
}

function capabilityLimit({ capabilities = {} }: WorkflowLimits, name: string): number | undefined {
  return Object.hasOwn(capabilities, name) ? capabilities[name] : undefined;
}

/** Personas that nobody in a known crew plays. Those that are templates are known only in a run. */
export function personaProblems(workflow: Workflow, { personas }: CheckOptions): StepProblem[] {
  if (personas === undefined || personas.includes('*')) return [];
  return [...everyStep([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure])].flatMap((step) =>
    personasOf(step).flatMap(({ persona, path }): StepProblem[] => {
      if (personas.includes(persona) || persona.includes('{{')) return [];
      const closest = nearest(persona, personas);
      const hint =
        closest === null ? `the crew plays: ${personas.slice(0, 20).join(', ') || 'nothing at all'}` : `did you mean "${closest}"?`;
      return [{ code: 'PERSONA_UNKNOWN', severity: 'error', message: `nobody in the crew plays ${quoted(persona)}`, hint, step, path }];
    }),
  );
}

function personasOf(step: Step): { readonly persona: string; readonly path: readonly string[] }[] {
  const asked = (persona: string | undefined, ...path: readonly string[]) => (persona === undefined ? [] : [{ persona, path }]);
  if (step.kind === 'task') return [...asked(step.persona, 'persona'), ...asked(step.compensate?.persona, 'compensate', 'persona')];
  return step.kind === 'group' ? asked(step.conflicts?.persona, 'conflicts', 'persona') : [];
}
