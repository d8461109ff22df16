/** Attempts of a run: putting them into the outbox, withdrawing them, and knowing which are in flight. */

import type { FailedAttempt } from '../machines/run-port.ts';
import type { SharedKeys } from '../planning/shared-keys.ts';
import { snapshotOf } from '../policy/shared-context.ts';
import { attemptId, taskKey } from '../protocol/ids.ts';
import type { Json } from '../protocol/json.ts';
import type { Task } from '../protocol/task.ts';
import { isLive } from './actor-system.ts';
import { beginOnBudget, settleUsage } from './budgets.ts';
import { causesOf } from './compensation-causes.ts';
import { COMPENSATION } from './compensation-path.ts';
import type { Listener } from './listener.ts';
import { attemptBegan, attemptEnded } from './message-receivers.ts';
import type { LiveStep, RunState } from './run-state.ts';
import { cellOf, type GroupContext } from './shared-cell.ts';

export function requestAttempt(state: RunState, step: LiveStep, attempt: number, timeoutMs: number | null): void {
  const { given, path, group, member, blueprint } = step;
  const definition = blueprint.step;
  const seen = group.context === null || blueprint.keys === null ? null : see(group.context, member, blueprint.keys);
  step.view = seen?.view ?? null;
  const outputSchema = definition.kind === 'task' ? definition.outputSchema : undefined;
  const task: Task = {
    key: taskKey(state.id, path, attempt),
    run: state.id,
    step: path,
    attempt,
    name: step.name,
    type: definition.type,
    persona: step.persona,
    params: given,
    timeoutMs,
    ...(seen === null ? {} : { context: seen.snapshot }),
    ...undoneBy(step),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(blueprint.checkpoints.length === 0 ? {} : { checkpoints: blueprint.checkpoints }),
  };
  step.attemptStartedAt = state.clock.now();
  if (state.progress.size > 0) state.progress.delete(path);
  state.inFlight.set(attemptId(path, attempt), task);
  if (state.budget !== null) beginOnBudget(state, step, attempt);
  state.outbox.push({ type: 'task.start', task });
  attemptBegan(state, path, attempt, step.persona);
}

/** What a task of a saga undoes. */
function undoneBy({ path, group }: LiveStep): Pick<Task, 'undoes'> {
  return path.startsWith(COMPENSATION) && causesOf(group.scope) !== undefined ? { undoes: path.slice(COMPENSATION.length) } : {};
}

/** An attempt sees the shared context as it is when it begins: one that is tried again sees what has changed since. */
export function see(context: GroupContext, member: number, { reads, writes }: SharedKeys): ReturnType<typeof snapshotOf> {
  return snapshotOf(cellOf(context, member).current, reads, writes);
}

export function withdrawAttempt(state: RunState, path: string, attempt: number, reason: string): void {
  state.inFlight.delete(attemptId(path, attempt));
  attemptEnded(state, path, attempt);
  settleUsage(state, attemptId(path, attempt), undefined);
  state.outbox.push({ type: 'task.cancel', step: path, attempt, reason });
}

/** A step stands in line for room; it takes it when its turn comes. */
export function requestSlot(state: RunState, step: LiveStep): void {
  state.slots.await(step.path, () => {
    if (!isLive(step.actor)) return;
    state.slots.take();
    step.holdsSlot = true;
    step.actor.send({ type: 'slot.granted' });
  });
}

/** A step backs off: it gives its room back for the time. */
export function yieldSlot(state: RunState, step: LiveStep, failed: FailedAttempt): void {
  const { attempt, error, thrown, waitMs } = failed;
  state.retrying.push({ step: step.path, attempt, error, thrown, waitMs, dueAt: state.clock.now() + waitMs });
  if (!step.holdsSlot) return;
  step.holdsSlot = false;
  state.slots.giveBack();
}

/** Delivers a signal that came early, or notes that the step waits for it. */
export function listen(state: RunState, step: LiveStep): void {
  const { path, actor, body } = step;
  const signal = signalOf(step);
  if (signal === null) return;
  // A vote is decided by the actor that is the body of its step.
  const listener: Listener = { path, actor: body?.actor ?? actor };
  const early = state.signals.get(signal)?.shift();
  if (early !== undefined) {
    state.births.push(() => listener.actor.send({ type: 'signal.received', payload: early }));
    return;
  }
  const waiting = state.listening.get(signal);
  if (waiting === undefined) state.listening.set(signal, [listener]);
  else waiting.push(listener);
}

/** The signal that a step waits for, or may wait for: that of a vote decides what its voters could not. */
export function signalOf({ blueprint, path }: Pick<LiveStep, 'blueprint' | 'path'>): string | null {
  const { step } = blueprint;
  if (step.kind === 'signal') return step.signal;
  return step.kind === 'vote' ? `${path}.decision` : null;
}

/** Gives a signal to whoever waited longest for it, or keeps it for whoever comes. */
export function deliverSignal(state: RunState, name: string, payload: Json): void {
  const waiting = state.listening.get(name) ?? [];
  for (let listener = waiting.shift(); listener !== undefined; listener = waiting.shift()) {
    const step = state.steps.get(listener.path);
    if (step === undefined || (step.actor !== listener.actor && step.body?.actor !== listener.actor)) continue;
    listener.actor.send({ type: 'signal.received', payload });
    return;
  }
  const kept = state.signals.get(name);
  if (kept === undefined) state.signals.set(name, [payload]);
  else kept.push(payload);
}
