import { forecast } from '../../testing/index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { readWorkflow } from '../files/definitions.ts';
import { workflowPath } from '../files/named-file.ts';
import { typedCount } from '../files/typed-values.ts';
import { planPage } from '../rendering/plan-page.ts';
import type { Desk } from '../terminal/desk.ts';

/** `troupe plan <file>`: order, levels, critical path, estimate. */
export async function plan(desk: Desk, file: string, options: { readonly concurrency?: string }): Promise<ExitCode> {
  const workflow = await readWorkflow(desk, workflowPath(desk, file), null);
  const maxConcurrency = options.concurrency === undefined ? undefined : typedCount('--concurrency', options.concurrency, 1);
  const expected = await forecast(workflow, maxConcurrency === undefined ? {} : { maxConcurrency });
  if (desk.json) desk.document({ workflow: workflow.name, ...expected });
  else desk.print(planPage(workflow.name, expected, { paint: desk.paint, width: desk.width }));
  return EXIT.ok;
}
