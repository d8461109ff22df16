/** Attempts of a run: putting them into the outbox, withdrawing them, and knowing which are in flight. */
import type { ErrorData } from '../protocol/errors.ts';
import { attemptId, taskKey } from '../protocol/ids.ts';
import type { Json } from '../protocol/json.ts';
import type { Task } from '../protocol/task.ts';
import type { LiveStep, RunState } from './run-state.ts';

export function requestAttempt(state: RunState, step: LiveStep, attempt: number, timeoutMs: number | null): void {
  const { given, path } = step;
  const definition = step.blueprint.step;
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
  };
  step.attemptStartedAt = state.clock.now();
  state.inFlight.set(attemptId(path, attempt), task);
  state.outbox.push({ type: 'task.start', task });
}

export function withdrawAttempt(state: RunState, path: string, attempt: number, reason: string): void {
  state.inFlight.delete(attemptId(path, attempt));
  state.outbox.push({ type: 'task.cancel', step: path, attempt, reason });
}

/** A step stands in line for room; it takes it when its turn comes. */
export function requestSlot(state: RunState, step: LiveStep): void {
  state.slots.await(step.path, () => {
    state.slots.take();
    step.holdsSlot = true;
    step.actor.send({ type: 'slot.granted' });
  });
}

/** A step backs off: it gives its room back for the time. */
export function yieldSlot(state: RunState, step: LiveStep, retry: { attempt: number; error: ErrorData | null; waitMs: number }): void {
  const { attempt, error, waitMs } = retry;
  state.retrying.push({ step: step.path, attempt, error, dueAt: state.clock.now() + waitMs });
  if (!step.holdsSlot) return;
  step.holdsSlot = false;
  state.slots.giveBack();
}

/** Delivers a signal that came early, or notes that the step waits for it. */
export function listen(state: RunState, step: LiveStep): void {
  const { step: definition } = step.blueprint;
  if (definition.kind !== 'signal') return;
  const early = state.signals.get(definition.signal)?.shift();
  if (early !== undefined) {
    step.actor.send({ type: 'signal.received', payload: early });
    return;
  }
  const waiting = state.listening.get(definition.signal);
  if (waiting === undefined) state.listening.set(definition.signal, [step]);
  else waiting.push(step);
}

/** Gives a signal to whoever waited longest for it, or keeps it for whoever comes. */
export function deliverSignal(state: RunState, name: string, payload: Json): void {
  const waiting = state.listening.get(name) ?? [];
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    if (state.steps.get(step.path) !== step) continue;
    step.actor.send({ type: 'signal.received', payload });
    return;
  }
  const kept = state.signals.get(name);
  if (kept === undefined) state.signals.set(name, [payload]);
  else kept.push(payload);
}
