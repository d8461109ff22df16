/**
 * What can be said about a workflow before it runs, beyond its form: what can never run or never complete, what may be missing, what may
 * collide, what nobody can do, and what nothing bounds. Readers of files report these where they stand; for workflows written in
 * TypeScript, and for other limits or crews than the file knows, `checkWorkflow` is called directly.
 */
import type { DiagnosticCode } from './diagnostic.ts';
import { type Enclosed, type EnclosingLimits, everyEnclosed, insideOf } from './enclosing-limits.ts';
import type { SourcePosition, Workflow } from './workflow.ts';
import { boundProblems } from './workflow-check-bounds.ts';
import { demandProblems, personaProblems } from './workflow-check-demands.ts';
import { overlapProblems } from './workflow-check-overlaps.ts';
import { reachProblems } from './workflow-check-reach.ts';
import { skipProblems } from './workflow-check-skips.ts';
import type { CheckOptions, StepProblem } from './workflow-check-step.ts';

/** One thing that was found, as plain data. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
  /** Path of the step: its id, prefixed by the nested workflows and maps it stands in. */
  readonly step: string;
  /** The file the step stands in, where it was read from one. */
  readonly file?: string;
  /** Where the step stands in it. */
  readonly position?: SourcePosition;
}

/**
 * Checks a workflow with everything nested in it. `personas`: who is there, where that is known; `limits`: in place of the workflow's own.
 * Expects a workflow whose graph is in order: ids that are unique, dependencies that exist, no circles. Never throws for its content.
 */
export function checkWorkflow(workflow: Workflow, options: CheckOptions = {}): Finding[] {
  return findings(workflow, { limits: workflow.limits ?? {}, ...options }, { prefix: '', path: [], limits: [] });
}

/** What a workflow is nested in. */
interface Around {
  readonly prefix: string;
  readonly path: readonly Workflow[];
  readonly limits: readonly EnclosingLimits[];
}

function findings(workflow: Workflow, options: CheckOptions, { prefix, path: before, limits }: Around): Finding[] {
  const here = checkSteps(workflow, options, limits).map(({ code, severity, message, hint, step }): Finding => {
    const { file } = workflow;
    return {
      ...{ code, severity, message, step: prefix + step.id },
      ...(hint === undefined ? {} : { hint }),
      ...(file === undefined ? {} : { file }),
      ...(step.position === undefined ? {} : { position: step.position }),
    };
  });
  const path = [...before, workflow];
  const nested = allSteps(workflow, limits).flatMap(({ step, around }): Finding[] => {
    if (step.kind !== 'workflow' || step.workflow === undefined) return [];
    const inside = `${prefix}${step.id}/`;
    // A workflow that is its own part can only be written in TypeScript; files are refused.
    if (path.includes(step.workflow)) {
      const message = `${JSON.stringify(step.id)} runs ${JSON.stringify(step.workflow.name)}, which it stands in: nothing ends that`;
      return [{ code: 'LOOP_UNBOUNDED', severity: 'error', message, step: prefix + step.id }];
    }
    return findings(step.workflow, options, { prefix: inside, path, limits: insideOf(step, around) });
  });
  return [...here, ...nested];
}

/** The problems of one workflow with the bodies of its maps, which stand in the same file; other nested workflows are not entered. */
export function checkSteps(workflow: Workflow, options: CheckOptions, limits: readonly EnclosingLimits[] = []): StepProblem[] {
  if (workflow.dialect !== 'native') return [];
  const bodies = allSteps(workflow, limits).flatMap(({ step, around }) =>
    step.kind === 'map' ? checkSteps(inheriting(step.workflow, workflow), options, insideOf(step, around)) : [],
  );
  return [
    ...reachProblems(workflow),
    ...skipProblems(workflow),
    ...overlapProblems(workflow),
    ...demandProblems(workflow, options, limits),
    ...personaProblems(workflow, options),
    ...boundProblems(workflow),
    ...bodies,
  ];
}

/** A body has the conflict settings of the workflow around it where it has none of its own. */
function inheriting(body: Workflow, outer: Workflow): Workflow {
  return body.conflicts === undefined && outer.conflicts !== undefined ? { ...body, conflicts: outer.conflicts } : body;
}

const allSteps = ({ steps, onStepFailure, onWorkflowFailure }: Workflow, around: readonly EnclosingLimits[]): Enclosed[] => [
  ...everyEnclosed([...steps, ...onStepFailure, ...onWorkflowFailure], around),
];
