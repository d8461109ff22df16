/** What failure handlers are told of what has failed, and which of them that concerns. */
import type { Step } from '../definition/workflow.ts';
import type { GroupBlueprint } from '../planning/blueprint.ts';
import { classify } from '../policy/failure-class.ts';
import { frozen } from '../protocol/frozen.ts';
import type { Json } from '../protocol/json.ts';
import type { GroupSettled } from '../protocol/messages.ts';
import type { RunScope, RunState } from './run-state.ts';
import { failureOnRecord } from './step-record.ts';

/** Sets the variables that handlers see: the failure that decided, and every step of the workflow that has failed, in the order of their ends. */
export function tellHandlers(state: RunState, scope: RunScope, { failedStep, error, thrown }: GroupSettled): void {
  const { variables, blueprint } = scope;
  variables.failed_step = failedStep;
  variables.failure_reason = error?.message ?? null;
  if (blueprint.workflow.compat === 'engine') return;
  variables.failure_class = error === null ? null : classify(error, thrown).kind;
  variables.failed_steps = frozen(failedSteps(state, scope)) as Json;
}

/** Those of a list of handlers that are for any step, or for one that has failed. */
export function concerned(state: RunState, { prefix }: RunScope, handlers: GroupBlueprint): GroupBlueprint {
  const applies = ({ forSteps }: Step) => forSteps?.some((id) => hasFailed(state, prefix + id)) ?? true;
  return { ...handlers, members: handlers.members.filter(({ step }) => applies(step)) };
}

function hasFailed({ records }: RunState, path: string): boolean {
  const record = records.get(path);
  return record?.outcome === 'failed' && record.replacedBy === undefined;
}

/** Steps that only hold others have failed because one of these has. */
const HOLDS: ReadonlySet<Step['kind']> = new Set(['group', 'choice']);

function failedSteps(state: RunState, { prefix, blueprint: { byId } }: RunScope): Json[] {
  const last = new Map(state.history.map(([path], place) => [path, place]));
  return state.history.flatMap(([path], place): Json[] => {
    const step = path.startsWith(prefix) ? byId.get(path.slice(prefix.length)) : undefined;
    const record = state.records.get(path);
    if (step === undefined || record === undefined || HOLDS.has(step.kind) || last.get(path) !== place || !hasFailed(state, path))
      return [];
    const failure = failureOnRecord(record);
    return [
      {
        step: step.id,
        reason: record.error?.message ?? null,
        class: failure?.kind ?? null,
        severity: failure?.severity ?? null,
        attempts: record.attempts,
      },
    ];
  });
}
