import type { CompensationCause } from '../definition/step-data.ts';
import type { RunScope } from './run-state.ts';

/** When the steps of a scope are undone; undefined where only groups undo. The body of a map goes by what holds it. */
export function causesOf(scope: RunScope): readonly CompensationCause[] | undefined {
  const { nestedIn, outer, blueprint } = scope;
  return nestedIn?.inherits === true && outer !== null ? causesOf(outer) : blueprint.workflow.compensateOn;
}
