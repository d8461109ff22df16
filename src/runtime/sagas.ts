/** Undoing what workflows and groups have done: which steps, by whom, and what it came to. */
import type { CompensationCause } from '../definition/step-data.ts';
import { everyStep, type TaskStep } from '../definition/workflow.ts';
import type { SagaContext } from '../machines/saga.ts';
import { drawErrand } from '../planning/draw-blueprint.ts';
import { type CompletedStep, undoOrder } from '../policy/undo-order.ts';
import { type ErrorData, TroupeError } from '../protocol/errors.ts';
import type { SagaSettled } from '../protocol/messages.ts';
import { contextOf, createSaga, type LiveActor, stateOf, tellLive } from './actor-system.ts';
import { causesOf } from './compensation-causes.ts';
import { COMPENSATION } from './compensation-path.ts';
import { openErrand } from './errand.ts';
import type { LiveGroup, RunScope, RunState } from './run-state.ts';

/** The end of the path of the group that undoes a step. */
const UNDO = ':undo';

/**
 * Whether a workflow that ends so has anything to undo. What is cancelled together with a workflow around it leaves that to the one
 * around, so that all of it is undone in one order.
 */
export function hasToUndo(state: RunState, scope: RunScope, cause: CompensationCause): boolean {
  if (!scope.blueprint.undoable.any) return false;
  if (cause === 'cancel') for (let around = scope.outer; around !== null; around = around.outer) if (around.isLeaving) return false;
  return stepsToUndo(state, scope, cause).length > 0;
}

/** Opens the saga of a workflow. */
export function openSaga(state: RunState, scope: RunScope, cause: CompensationCause): void {
  if (scope.actor !== null) begin(state, scope.actor, `${scope.prefix}(root)`, stepsToUndo(state, scope, cause));
}

/** Opens the saga of a group that undoes what its members did. */
export function openGroupSaga(state: RunState, group: LiveGroup): void {
  const ids = new Set([...everyStep(group.blueprint.members.map(({ step }) => step))].map(({ id }) => id));
  const isIts = (path: string) => {
    const own = path.slice(group.prefix.length).split('/', 1)[0] ?? '';
    return ids.has(own) || ids.has(own.split('[', 1)[0] ?? '');
  };
  begin(state, group.actor, group.path, stepsToUndo(state, group.scope, 'failure', isIts));
}

function begin(state: RunState, parent: LiveActor, saga: string, steps: readonly string[]): void {
  const actor = createSaga(parent, { saga, steps, cut: state.sagas.cut });
  state.sagas.live.set(saga, actor);
  actor.start();
}

/** What is to be undone in a scope and in everything nested in it, in that order. `isIts`: which of it; then its own steps are undone in any case. */
function stepsToUndo(state: RunState, scope: RunScope, cause: CompensationCause, isIts?: (path: string) => boolean): string[] {
  const places = new Map(state.history.map(([path], place) => [path, place]));
  const done = new Map(state.history.flatMap(([path, outcome], place) => (outcome === 'completed' ? [[path, place]] : [])));
  const isHeld = (inner: RunScope, path: string) =>
    inner.prefix.startsWith(scope.prefix) &&
    (causesOf(inner)?.includes(cause) === true || (isIts !== undefined && inner.prefix === scope.prefix)) &&
    isIts?.(path) !== false;
  const completed: CompletedStep[] = [];
  const add = (path: string, endedAt: number) =>
    completed.push({ path, endedAt, place: done.get(path) ?? -1, undoneAt: places.get(COMPENSATION + path) ?? -1 });
  for (const inner of state.scopes.values()) {
    for (const id of inner.blueprint.undoable.own) {
      const path = inner.prefix + id;
      const record = state.records.get(path);
      if (record?.outcome !== 'completed' || state.inherited.get(path) === record.endedAt) continue;
      if (isHeld(inner, path)) add(path, record.endedAt);
    }
  }
  for (const [path, { endedAt, scope: inner }] of state.sagas.former) {
    if (state.records.get(path)?.outcome !== 'completed' && isHeld(inner, path)) add(path, endedAt);
  }
  return undoOrder(completed);
}

/** Opens the group of the task that undoes a step. It sees what the step's own workflow sees. */
export function undo(state: RunState, saga: string, path: string): void {
  const parent = state.sagas.live.get(saga);
  const prefix = path.slice(0, path.lastIndexOf('/') + 1);
  const former = state.records.get(path)?.outcome === 'completed' ? undefined : state.sagas.former.get(path);
  const scope = former?.scope ?? state.scopes.get(prefix);
  const step = scope?.blueprint.byId.get(path.slice(prefix.length));
  if (parent === undefined || scope === undefined || step === undefined) throw new TroupeError('INTERNAL', `nothing is known of ${path}`);
  const group = openErrand(state, scope, {
    blueprint: drawErrand(scope.blueprint.workflow, undoingOf(step.kind === 'task' ? step : null)),
    path: COMPENSATION + path + UNDO,
    prefix: COMPENSATION + prefix,
    parent,
  });
  if (stateOf(parent) === 'cuttingShort') tellLive(group.actor, { type: 'cancel', reason: 'cut short' });
}

/** The task that undoes a step; none for a step that does not say how. */
export function undoingOf(step: TaskStep | null): TaskStep[] {
  if (step?.compensate === undefined) return [];
  const { type, persona, params, timeout, retry } = step.compensate;
  return [
    {
      kind: 'task',
      id: step.id,
      name: `compensate ${step.id}`,
      type,
      dependencies: [],
      params,
      ...(persona === undefined ? {} : { persona }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(retry === undefined ? {} : { retry }),
    },
  ];
}

/** Ends the undoing of a step before its time. */
export function stopUndoing(state: RunState, path: string, reason: string): void {
  const group = state.groups.get(COMPENSATION + path + UNDO);
  if (group !== undefined) tellLive(group.actor, { type: 'cancel', reason });
}

/** Why a step could not be undone, or null. */
export function undoFailure({ records }: RunState, path: string): ErrorData | null {
  const record = records.get(COMPENSATION + path);
  if (record?.outcome === 'completed') return null;
  const tries = record === undefined || record.attempts <= 1 ? '' : ` ${record.attempts} times`;
  const why = record?.error?.message ?? record?.reason ?? 'it was not begun';
  return {
    code: 'COMPENSATION_FAILED',
    message: record?.outcome === 'failed' ? `its undoing has failed${tries}: ${why}` : `it was not undone: ${why}`,
    hint: 'somebody has to look at it: what it did still stands',
    retryable: false,
    ...(record?.error == null ? {} : { cause: record.error }),
  };
}

/** Puts on record what a saga has come to; failure handlers see what is left. */
export function undoingEnded(state: RunState, settled: SagaSettled): void {
  const { saga, notUndone } = settled;
  state.sagas.live.delete(saga);
  state.sagas.ended.push(settled);
  const scope = saga.endsWith('(root)') ? state.scopes.get(saga.slice(0, -'(root)'.length)) : undefined;
  if (scope !== undefined) scope.variables.not_undone = notUndone.map(({ step, error }) => ({ step, reason: error.message }));
}

/** What was undone in a run so far, in order, and what was not: of a step that was to be undone more than once, the last time counts. */
export function undoingOfRun({ sagas }: Pick<RunState, 'sagas'>): Pick<SagaSettled, 'undone' | 'notUndone'> {
  const undone: string[] = [];
  const left = new Map<string, ErrorData>();
  for (const each of sagas.ended) {
    undone.push(...each.undone);
    for (const step of each.undone) left.delete(step);
    for (const { step, error } of each.notUndone) left.set(step, error);
  }
  return { undone, notUndone: [...left].map(([step, error]) => ({ step, error })) };
}

/**
 * Somebody will not wait for the undoing: what is at work is ended, and nothing more is begun. A first request only ends the work that is
 * under way; what that has done is undone all the same.
 */
export function cutSagasShort({ sagas, root }: RunState, reason: string): void {
  if (!root.isLeaving && sagas.live.size === 0) return;
  sagas.cut = reason;
  for (const actor of [...sagas.live.values()]) tellLive(actor, { type: 'cancel', reason });
}

/** How far a saga is: `, step x (2 of 5)`; nothing for one that is not at work. */
export function undoingInWords({ sagas }: Pick<RunState, 'sagas'>, saga: string): string {
  const actor = sagas.live.get(saga);
  if (actor === undefined) return '';
  const { steps, at } = contextOf<SagaContext>(actor);
  return at < steps.length ? `: ${steps[at]} (${at + 1} of ${steps.length})` : '';
}
