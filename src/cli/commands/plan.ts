import { hasErrors, loadWorkflow, plan as planOf } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { InvalidFiles } from '../failure/invalid-files.ts';
import { crewOptions, readCrew, shownDiagnostics } from '../files/definitions.ts';
import { crewBeside, crewPath, workflowPath } from '../files/named-file.ts';
import { overruledDemands } from '../files/overruled-demands.ts';
import { planWords, type TypedPlanOptions, typedPlanOptions } from '../files/typed-plan-options.ts';
import { refuseUnknownMaps } from '../files/unknown-maps.ts';
import { learnedHistory } from '../hosting/learned-history.ts';
import { planPage } from '../rendering/plan-page.ts';
import type { Desk } from '../terminal/desk.ts';

/** Options of `troupe plan`, as typed. */
export interface PlanCommandOptions extends TypedPlanOptions {
  readonly crew?: string;
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
    const crewWords = options.crew === undefined ? [] : ['--crew', options.crew];
    const command = desk.command('run', file, '--planned', ...planWords(options), ...crewWords);
    desk.print(
      planPage({ name: workflow.name, plan: made, findings, learnedFrom: runs, command }, { paint: desk.paint, width: desk.width }),
    );
  }
  return hasErrors(findings) ? EXIT.invalid : EXIT.ok;
}
