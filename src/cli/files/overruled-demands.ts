import { checkWorkflow, type Diagnostic, type PlanOptions, type Workflow } from '../../index.ts';

/** Steps that need more than the limits given on the command line, which the file knows nothing of. `path`: the file that was read. */
export function overruledDemands(workflow: Workflow, path: string, limits: PlanOptions['limits']): Diagnostic[] {
  const { places: _, ...resources } = limits ?? {};
  if (Object.keys(resources).length === 0) return [];
  return checkWorkflow(workflow, { limits: { ...workflow.limits, ...resources } })
    .filter(({ code }) => code === 'DEMAND_ABOVE_LIMIT')
    .map(({ code, severity, message, hint, file = path, position = { line: 1, column: 1 } }) => ({
      ...{ file, ...position, severity, code, message },
      ...(hint === undefined ? {} : { hint }),
    }));
}
