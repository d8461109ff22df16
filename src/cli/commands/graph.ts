import { workflowGraph } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { readWorkflow } from '../files/definitions.ts';
import { workflowPath } from '../files/named-file.ts';
import { mermaidChart } from '../rendering/mermaid.ts';
import type { Desk } from '../terminal/desk.ts';

/** `troupe graph <file>`: the workflow drawn, as Mermaid or as nodes and edges. */
export async function graph(desk: Desk, file: string, options: { readonly format?: string }): Promise<ExitCode> {
  const drawn = workflowGraph(await readWorkflow(desk, workflowPath(desk, file), null));
  if (desk.json || options.format === 'json') desk.document(drawn);
  else desk.print(mermaidChart(drawn));
  return EXIT.ok;
}
