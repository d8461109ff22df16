import * as z from 'zod';
import type { JsonObject } from '../protocol/json.ts';
import { nativeFileSchema } from './native-schema.ts';

/**
 * The JSON Schema (draft-07) of native workflow files, made from the schemas that the reader itself uses: editors complete and
 * check a file by it. It describes shape only; `loadWorkflow` also checks meaning.
 */
export function workflowJsonSchema(): JsonObject {
  return z.toJSONSchema(nativeFileSchema(), { target: 'draft-7', io: 'input', reused: 'ref' }) as JsonObject;
}
