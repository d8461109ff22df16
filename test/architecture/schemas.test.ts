import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemaDocuments } from '../../scripts/schemas/documents.ts';

test.each(schemaDocuments())('docs/%s is what the readers would accept today (else run `npm run docs:schemas`)', (name, text) => {
  expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')).toBe(text);
});
