/**
 * The engine dialect's shape, as far as reading depends on it. Its files were written for another program over years: keys that
 * are not named here are left alone, and an empty value counts as not given.
 */
import * as z from 'zod';
import { STEP_ID } from './step-id.ts';

const text = z.string();
const stepName = text.regex(STEP_ID).max(200);
const values = z.record(text, z.unknown()).nullish();
const condition = z.union([text, z.boolean()], { error: 'must be a condition, written as text' }).nullish();

const stepKeys = {
  type: text.nullish(),
  description: text.nullish(),
  depends_on: z.union([text, z.array(text)], { error: 'must be a step name or a list of step names' }).nullish(),
  condition,
  config: values,
};

/** A step: it has a name, in some files called id; it has a type, or takes it from a template. */
export const ENGINE_STEP_FORM = z.looseObject({
  name: stepName.nullish(),
  id: stepName.nullish(),
  template: text.nullish(),
  overrides: values,
  ...stepKeys,
});

/** A step template. */
export const ENGINE_TEMPLATE_FORM = z.looseObject(stepKeys);

export const ENGINE_TEMPLATE_FILE_FORM = z.looseObject({ templates: z.record(text, z.unknown()) });

export const ENGINE_FILE_FORM = z.looseObject({
  name: text.min(1),
  version: z.union([text, z.number()], { error: 'must be a text' }).nullish(),
  description: text.nullish(),
  variables: values,
  outputs: z.union([z.record(text, z.unknown()), z.array(text)], { error: 'must be a map of outputs' }).nullish(),
  steps: z.array(z.unknown()),
});
