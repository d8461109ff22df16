/** What the circuit breaker before one service must do, written down without a statechart, and told of tasks and calls by their names. */
import type { BreakerSettings } from '../../src/policy/breaker-window.ts';

/** Where the model stands. */
export interface ServiceModel {
  readonly state: 'closed' | 'open' | 'halfOpen';
  readonly failures: readonly number[];
  readonly openedAt: number | null;
  readonly successes: number;
  /** Who tries it out. */
  readonly probe: string | null;
}

export const WELL: ServiceModel = { state: 'closed', failures: [], openedAt: null, successes: 0, probe: null };

/** The model with time passed. */
export const cooled = (model: ServiceModel, now: number, { coolMs }: BreakerSettings): ServiceModel =>
  model.state === 'open' && model.openedAt !== null && now >= model.openedAt + coolMs
    ? { ...model, state: 'halfOpen', successes: 0, probe: null }
    : model;

/** Whether somebody may call now. */
export const lets = ({ state, probe }: ServiceModel): boolean => state === 'closed' || (state === 'halfOpen' && probe === null);

/** Somebody who was let through begins. */
export const begun = (model: ServiceModel, who: string): ServiceModel => (model.state === 'halfOpen' ? { ...model, probe: who } : model);

const opened = (model: ServiceModel, failures: readonly number[], at: number): ServiceModel => ({
  ...model,
  state: 'open',
  failures,
  openedAt: at,
  successes: 0,
  probe: null,
});

/** Somebody has failed by it. */
export function failed(model: ServiceModel, who: string, at: number, { windowMs, failures: most }: BreakerSettings): ServiceModel {
  const failures = [...model.failures.filter((then) => then > at - windowMs), at].slice(-most);
  if (model.state === 'closed') return failures.length >= most ? opened(model, failures, at) : { ...model, failures };
  return model.probe === who ? opened(model, failures, at) : model;
}

/** Somebody has called it, and that went well. */
export function succeeded(model: ServiceModel, who: string, { successes }: BreakerSettings): ServiceModel {
  if (model.state !== 'halfOpen' || model.probe !== who) return model;
  return model.successes + 1 >= successes
    ? { ...WELL, openedAt: model.openedAt }
    : { ...model, successes: model.successes + 1, probe: null };
}

/** Somebody was cut short, or has ended without saying anything about it. */
export const left = (model: ServiceModel, who: string): ServiceModel => (model.probe === who ? { ...model, probe: null } : model);
