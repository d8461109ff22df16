/** Writes the JSON Schemas that editors complete YAML with into `docs/`; they come from the same shapes as the readers. */
import { writeFileSync } from 'node:fs';
import { schemaDocuments } from './schemas/documents.ts';

for (const [name, text] of schemaDocuments()) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
  console.log(`docs/${name}`);
}
