import { crewJsonSchema, workflowJsonSchema } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import type { Desk } from '../terminal/desk.ts';

/** `troupe schema [workflow|crew]`: the JSON Schema that editors complete files by. */
export async function schema(desk: Desk, which: 'workflow' | 'crew'): Promise<ExitCode> {
  desk.document(which === 'crew' ? crewJsonSchema() : workflowJsonSchema());
  return EXIT.ok;
}
