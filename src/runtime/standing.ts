import { nearest } from '../definition/nearest-name.ts';
import type { Step } from '../definition/workflow.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Standing } from './exchange.ts';
import { homesIn, scopeAround } from './neighbours.ts';
import type { RunState, StepRecord } from './run-state.ts';

/** What stands at a path, for somebody who sends a message there. */
export function standingOf(state: Pick<RunState, 'steps' | 'records' | 'scopes'>, path: string): Standing {
  const live = state.steps.get(path);
  if (live !== undefined) return open(live.blueprint.step);
  const scope = scopeAround(state, path);
  const step = scope === undefined ? undefined : homesIn(scope.blueprint).get(path.slice(scope.prefix.length))?.step;
  const record = state.records.get(path);
  if (scope === undefined || step === undefined) {
    if (record !== undefined) return { kind: 'ended' };
    const names = scope === undefined ? [] : [...homesIn(scope.blueprint).keys()].map((id) => scope.prefix + id);
    return { kind: 'unknown', meant: nearest(path, names) };
  }
  if (record === undefined || step.kind === 'task') return record === undefined ? open(step) : { kind: 'ended' };
  return step.kind === 'sync' ? { kind: 'synced', output: scope.steps[step.id] ?? null, error: errorOf(path, record) } : { kind: 'other' };
}

function open({ kind }: Step): Standing {
  return { kind: kind === 'task' || kind === 'sync' ? kind : 'other' };
}

function errorOf(path: string, { outcome, error, reason }: StepRecord): ErrorData | null {
  if (outcome === 'completed') return null;
  return error ?? { code: 'SYNC_FAILED', message: `the sync point ${path} was ${outcome}${reason === null ? '' : `: ${reason}`}` };
}
