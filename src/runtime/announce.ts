/** Turning a delivered fact and what it caused into events for observers. */
import type { Effect } from '../protocol/effects.ts';
import type { Fact } from '../protocol/facts.ts';
import type { Run } from './run.ts';
import type { RunEvent } from './run-event.ts';

/** The events of one delivery. `settledBefore` is the length of the run's history before it. */
export function eventsOf(run: Run, fact: Fact, effects: readonly Effect[], settledBefore: number, lateBefore: number): RunEvent[] {
  const { state } = run;
  const at = state.clock.now();
  const about = { run: state.id, at };
  const events: RunEvent[] = [];
  const told = eventOfFact(run, about, fact);
  if (told !== null) events.push(told);
  if (state.lateFacts > lateBefore && 'step' in fact) events.push({ type: 'task.late', ...about, step: fact.step, attempt: fact.attempt });
  for (let i = settledBefore; i < state.history.length; i++) {
    const [step, outcome] = state.history[i] as [string, 'completed'];
    const record = state.records.get(step);
    events.push({
      type: 'step.settled',
      ...about,
      step,
      outcome,
      attempts: record?.attempts ?? 0,
      startedAt: record?.startedAt ?? null,
      error: record?.error ?? null,
      reason: record?.reason ?? null,
    });
  }
  for (const retry of state.retrying) events.push({ type: 'step.retrying', ...about, ...retry });
  for (const effect of effects) {
    if (effect.type === 'task.start') {
      const { step, attempt, persona } = effect.task;
      events.push({ type: 'task.started', ...about, step, attempt, persona });
    } else if (effect.type === 'run.end') {
      events.push({ type: 'run.ended', ...about, status: effect.status, error: effect.error, failedStep: effect.failedStep });
    }
  }
  return events;
}

function eventOfFact({ state }: Run, about: { run: string; at: number }, fact: Fact): RunEvent | null {
  switch (fact.type) {
    case 'run.started':
      return { type: fact.type, ...about, workflow: fact.workflow };
    case 'run.recovered':
      return { type: fact.type, ...about, interrupted: fact.interrupted };
    case 'run.paused':
    case 'run.resumed':
      return { type: fact.type, ...about };
    case 'run.cancel_requested':
      return { type: 'run.cancelling', ...about, reason: fact.reason };
    case 'signal.received':
      return { type: fact.type, ...about, name: fact.name };
    case 'task.started':
      return { type: fact.type, ...about, step: fact.step, attempt: fact.attempt, persona: state.steps.get(fact.step)?.persona ?? null };
    case 'task.queued':
      return { type: fact.type, ...about, step: fact.step, attempt: fact.attempt };
    default:
      return null;
  }
}
