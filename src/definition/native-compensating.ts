/** What a file says about the undoing of its steps. */
import * as z from 'zod';
import type { Json } from '../protocol/json.ts';
import { COMPENSATE_ON, canBeUndone } from './compensating.ts';
import { namesOf } from './native-entries.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import type { CompensationCause } from './step-data.ts';
import type { Step } from './workflow.ts';

const cause = z.enum(['failure', 'cancel']);

/** The key `compensate_on` of a file. */
export const compensateOnForm = z
  .union([cause, z.literal('never'), z.array(cause).min(1)], { error: 'must be "failure", "cancel", a list of these, or "never"' })
  .describe(
    'When completed steps with "compensate" are undone, the last first: when the workflow, or what it is nested in, has failed ("failure"), was cancelled ("cancel"), or both (a list; the default), or "never".',
  )
  .meta({ default: ['failure', 'cancel'] });

/** Reads `compensate_on`; undefined where no step of the file can be undone. */
export function readCompensateOn(
  value: Json | undefined,
  steps: readonly Step[],
  root: SourceNode,
  reading: Reading,
): readonly CompensationCause[] | undefined {
  if (!canBeUndone(steps)) {
    if (value !== undefined) {
      const message = '"compensate_on" says when steps are undone, and none says how';
      const hint = 'say "compensate" at the steps that can be undone';
      report(reading, root, ['compensate_on'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
    }
    return undefined;
  }
  if (value === undefined) return COMPENSATE_ON;
  const named = new Set(namesOf(value));
  return COMPENSATE_ON.filter((each) => named.has(each));
}
