/** The keys that every step of a native file may have. */
import * as z from 'zod';
import { STEP_ID } from './step-id.ts';

const text = z.string();

/** Named values of any kind. */
export const values = z.record(text, z.unknown());

/** One name or a list of them. */
export const names = z.union([text.min(1), z.array(text.min(1))], { error: 'must be a name or a list of names' });

/** How many of something: a whole number from 1. */
export const amount = z.number().multipleOf(1).min(1).max(1_000_000);

/** A condition as it is written. */
export const condition = z.union([text.min(1), z.boolean()], { error: 'must be a condition, written as text' });

const edge = z.strictObject({
  step: text.min(1).describe('Id of the step that is waited for.'),
  kind: z
    .enum(['hard', 'soft', 'conditional'])
    .optional()
    .describe(
      '"hard" (default): it must have ended well. "soft": order only, its failure blocks nothing. "conditional": of all conditional dependencies at least one must have completed with its "when" holding, else this step is skipped.',
    ),
  when: condition.optional().describe('Makes the dependency conditional: judged when that step has completed.'),
  unless: z.array(condition).optional().describe('Makes the dependency conditional: none of these may hold when that step has completed.'),
  data: names.optional().describe('Paths such as "report.findings" that must be in its output; else this step fails.'),
});

const dependency = z.union([text, edge], { error: 'must be a step id, or a map with "step"' });
const dependencies = z.union([text, edge, z.array(dependency)], { error: 'must be a step id or a list of step ids' });

/** What a failure means. */
const policy = z.enum(['continue', 'stop', 'best_effort']);

const transition = z.strictObject({
  to: text.min(1).describe('Id of a step beside this one.'),
  when: condition.optional().describe('Judged when this step has completed. Without it the transition is taken in any case.'),
});

/** Keys of every step. */
export const common = {
  id: text.regex(STEP_ID).max(200).describe('Unique in the file. Letters, digits, "_", "-", "." and ":".'),
  name: text.optional().describe('For people; may hold templates. Default: the id.'),
  description: text.optional().describe('What the step is for.'),
  dependencies: dependencies
    .optional()
    .describe('Ids of the steps that must have ended before this one starts; a map {step, kind, when, data} says more about one.'),
  depends_on: dependencies.optional().describe('Another spelling of "dependencies".'),
  transitions: z
    .array(transition)
    .min(1)
    .optional()
    .describe('Where it goes on when it has completed: the first whose "when" holds is taken. Steps that nobody has gone to are skipped.'),
  fallback: text.min(1).optional().describe('Id of a step beside it that runs when this one has failed, and stands in for it.'),
  for: names
    .optional()
    .describe('Of a failure handler: ids of the steps for whose failures it is there; it is left out when none of them has failed.'),
  on_failure: policy
    .optional()
    .describe(
      'What it means for its group that it fails: "continue" lets the others go on, "stop" ends them at once, "best_effort" counts it as done. Of what holds other steps: what it means that one of those fails. Default: what is said around it.',
    ),
};

/** Of every step but the conditional one, whose condition is its question. */
export const skippable = { condition: condition.optional().describe('The step is skipped when this is false. Default true.') };

/** What the key `type` is. */
export const TYPE = 'What kind of step it is: one of the built-in types, or a type that the crew registers.';
