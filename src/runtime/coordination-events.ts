/** What a delivery tells of how members get along: what was told within the run, and what follows from the fact and its effects. */
import type { Effect } from '../protocol/effects.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Fact } from '../protocol/facts.ts';
import type { Json } from '../protocol/json.ts';
import type { Telling } from './coordination-log.ts';
import { dependentsOf } from './neighbours.ts';
import type { RunState } from './run-state.ts';

/** Everything that a delivery tells, in order. `isLate`: the fact came too late to be applied. */
export function tellingsOf(state: RunState, fact: Fact, effects: readonly Effect[], isLate: boolean): Telling[] {
  return [
    ...(isLate ? [] : ofFact(state, fact)),
    ...effects.flatMap((effect) => withdrawn(state, effect)),
    ...(state.coordination ?? []),
    ...effects.flatMap(begun),
  ];
}

function ofFact(state: RunState, fact: Fact): Telling[] {
  switch (fact.type) {
    case 'task.started':
      return [started(fact.step, fact.attempt, state.steps.get(fact.step)?.persona ?? null)];
    case 'task.queued':
      return [shortage(fact.step, { attempt: fact.attempt, reason: 'every place of the house is taken' })];
    case 'task.progressed': {
      const { step, attempt, percent, phase, blocked } = fact;
      if (blocked === null) return [{ type: 'agent.progress', source: step, affected: [], data: { attempt, percent, phase } }];
      return [{ type: 'agent.blocked', source: step, affected: dependentsOf(state, step), data: { attempt, percent, phase, blocked } }];
    }
    case 'task.completed':
      return [completed(state, fact.step, { attempt: fact.attempt, outcome: 'completed' })];
    case 'task.failed': {
      const { step, attempt, error } = fact;
      const told = completed(state, step, { attempt, outcome: 'failed', error: json(error) });
      return error.code === 'NO_AGENT_TYPE' || error.code === 'NO_AVAILABLE_AGENT' || error.code === 'AGENT_UNAVAILABLE'
        ? [shortage(step, { attempt, reason: error.message }), told]
        : [told];
    }
    case 'validation.failure':
      return [
        completed(state, fact.step, { attempt: fact.attempt, outcome: 'refused', issues: fact.issues.map((issue) => ({ ...issue })) }),
      ];
    default:
      return [];
  }
}

function withdrawn(state: RunState, effect: Effect): Telling[] {
  if (effect.type !== 'task.cancel') return [];
  const { step, attempt, reason } = effect;
  return [completed(state, step, { attempt, outcome: 'cancelled', reason })];
}

function begun(effect: Effect): Telling[] {
  return effect.type === 'task.start' ? [started(effect.task.step, effect.task.attempt, effect.task.persona)] : [];
}

function started(step: string, attempt: number, persona: string | null): Telling {
  return { type: 'agent.started', source: step, affected: [], data: { attempt, persona } };
}

function completed(state: RunState, step: string, data: Json): Telling {
  return { type: 'agent.completed', source: step, affected: dependentsOf(state, step), data };
}

function shortage(step: string, data: Json): Telling {
  return { type: 'resource.shortage', source: step, affected: [step], data };
}

const json = (error: ErrorData): Json => error as unknown as Json;
