import { type ExecutionPlan, hasErrors, loadWorkflow, type PlanOptions, plan as planOf } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { InvalidFiles } from '../failure/invalid-files.ts';
import { usage } from '../failure/refusal.ts';
import { crewOptions, readCrew, shownDiagnostics } from '../files/definitions.ts';
import { crewBeside, crewPath, workflowPath } from '../files/named-file.ts';
import { overruledDemands } from '../files/overruled-demands.ts';
import { type TypedPlanOptions, typedPlanOptions } from '../files/typed-plan-options.ts';
import { learnedHistory } from '../hosting/learned-history.ts';
import { namesText } from '../rendering/plan-names.ts';
import { planPage } from '../rendering/plan-page.ts';
import { plannedItems } from '../rendering/planned-items.ts';
import type { Desk } from '../terminal/desk.ts';

/** Options of `troupe plan`, as typed. */
export interface PlanCommandOptions extends TypedPlanOptions {
  readonly crew?: string;
  /** false: nothing is learned from the store. */
  readonly history?: boolean;
}

/** `troupe plan <file>`: how a workflow would be run best, why so, how that may turn out, and what to look out for. */
export async function plan(desk: Desk, file: string, options: PlanCommandOptions): Promise<ExitCode> {
  const typed = typedPlanOptions(options);
  const path = workflowPath(desk, file);
  const crewFile = options.crew === undefined ? crewBeside(path) : crewPath(desk, options.crew);
  const crew = crewFile === null ? null : await readCrew(desk, crewFile);
  const { workflow, diagnostics } = await loadWorkflow(path, { text: false, ...crewOptions(crew), advice: true });
  if (workflow === null) throw new InvalidFiles(shownDiagnostics(desk, diagnostics));
  const findings = shownDiagnostics(desk, [...diagnostics, ...overruledDemands(workflow, path, typed.limits)]);
  if (findings.some(({ code }) => code === 'DEMAND_ABOVE_LIMIT')) throw new InvalidFiles(findings);
  const { runs, learned } = await learnedHistory(desk, workflow.name, options.history !== false);
  const made = planOf(workflow, { ...typed, history: learned });
  refuseUnknownMaps(made, typed.items);
  if (desk.json) desk.document({ workflow: workflow.name, learnedFrom: runs, plan: made, findings });
  else {
    const command = desk.command(
      'run',
      file,
      '--planned',
      ...(options.concurrency === undefined ? [] : ['--concurrency', options.concurrency]),
    );
    desk.print(
      planPage({ name: workflow.name, plan: made, findings, learnedFrom: runs, command }, { paint: desk.paint, width: desk.width }),
    );
  }
  return hasErrors(findings) ? EXIT.invalid : EXIT.ok;
}

/** A slip in the name of a map would leave its number out without a word. */
function refuseUnknownMaps(made: ExecutionPlan, items: PlanOptions['items']): void {
  if (typeof items !== 'object') return;
  const maps = [...plannedItems(made).keys()];
  const stranger = Object.keys(items).find((name) => !maps.includes(name));
  if (stranger === undefined) return;
  throw usage(`--items: there is no map "${stranger}"`, maps.length === 0 ? 'this workflow has no maps' : `maps are ${namesText(maps)}`);
}
