import { crewJsonSchema, workflowJsonSchema } from '../../src/index.ts';

/** The schema files by name, with their text. */
export function schemaDocuments(): [name: string, text: string][] {
  const text = (schema: unknown) => `${JSON.stringify(schema, null, 2)}\n`;
  return [
    ['workflow.schema.json', text(workflowJsonSchema())],
    ['crew.schema.json', text(crewJsonSchema())],
  ];
}
