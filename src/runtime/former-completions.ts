/** Completions of steps that were to run again: what was done in them stands, and may have to be undone, also where they never complete again. */
import type { RunScope, RunState } from './run-state.ts';

/** Remembers a completion that is about to be taken off the record, with what its undoing will see: its workflow as it stood before anything was taken back. */
export function rememberCompletion(state: RunState, path: string): void {
  const record = state.records.get(path);
  if (record?.outcome !== 'completed') return;
  const prefix = path.slice(0, path.lastIndexOf('/') + 1);
  const scope = state.scopes.get(prefix);
  if (scope === undefined || !canBeUndone(scope, path.slice(prefix.length)) || state.inherited.get(path) === record.endedAt) return;
  state.sagas.former.set(path, { endedAt: record.endedAt, scope: asItStood(state, scope) });
}

function canBeUndone({ blueprint }: RunScope, id: string): boolean {
  const step = blueprint.byId.get(id);
  return step?.kind === 'task' && step.compensate !== undefined;
}

/** Steps that are taken back together share one picture of their workflow: between two ends nothing is added to it. */
function asItStood({ history, sagas }: RunState, scope: RunScope): RunScope {
  const { seen } = sagas;
  if (seen?.of === scope && seen.ends === history.length) return seen.scope;
  const picture = { ...scope, variables: { ...scope.variables }, steps: { ...scope.steps } };
  sagas.seen = { of: scope, ends: history.length, scope: picture };
  return picture;
}
