/** Steps that wait for a moment, or until something holds. Conditions are judged when something has settled, and never polled. */
import { momentMs } from '../definition/moment.ts';
import type { Scope } from '../definition/workflow.ts';
import type { StepContext } from '../machines/step.ts';
import type { StepBlueprint } from '../planning/blueprint.ts';
import { errorData, TroupeError } from '../protocol/errors.ts';
import { contextOf, createWait } from './actor-system.ts';
import type { LiveStep, Meeting, RunState } from './run-state.ts';
import { renderDuration, scopeOf } from './scope.ts';

/** How long a step that waits is to wait from now, ms; null for no limit. Throws TEMPLATE_FAILED where that cannot be said. */
export function waitMs({ step, timeout, moment }: StepBlueprint, scope: Scope, now: number): number | null {
  if (moment === null) return renderDuration(timeout, step.id, scope);
  const value = typeof moment === 'number' ? moment : moment(scope);
  const until = momentMs(value);
  if (until !== null) return Math.max(0, until - now);
  throw new TroupeError('TEMPLATE_FAILED', `the moment until which ${step.id} sleeps came out as ${JSON.stringify(value)}, which is none`, {
    hint: 'give a timestamp with its zone, such as "2027-01-31T09:00:00Z", or ms since 1970',
    retryable: false,
  });
}

/** Whether a step waits in a way that needs an actor of its own. */
export function isWait({ step, until }: StepBlueprint): boolean {
  return step.kind === 'sleep' || (step.kind === 'signal' && until !== null);
}

/** Creates the actor of a wait. */
export function openWait({ path, blueprint, actor }: LiveStep): Meeting {
  const { timeoutMs } = contextOf<StepContext>(actor).plan;
  return { kind: 'wait', actor: createWait(actor, { path, forSignal: blueprint.step.kind === 'signal', timeoutMs }), isCancelled: false };
}

/** Notes that a step waits until something holds; it is judged as soon as what is under way has settled. */
export function watch({ watching }: RunState, step: LiveStep): void {
  if (step.blueprint.until === null) return;
  watching.open.set(step.path, step);
  watching.hasSettled = true;
}

/** Judges the conditions that are waited for, where something has settled; who is to be woken hears of it next. */
export function judgeWaits(state: RunState): void {
  const { watching } = state;
  if (!watching.hasSettled) return;
  watching.hasSettled = false;
  for (const [path, step] of watching.open) {
    const { actor } = step.body ?? {};
    const news = state.steps.get(path) === step ? judged(step) : null;
    if (state.steps.get(path) === step && news === null) continue;
    watching.open.delete(path);
    if (news !== null && actor != null) state.births.push(() => actor.send(news));
  }
}

function judged({ group, member, blueprint }: LiveStep) {
  try {
    return blueprint.until?.(scopeOf(group, member)) === true ? ({ type: 'condition.held' } as const) : null;
  } catch (thrown) {
    const cause = errorData(thrown, 'CONDITION_FAILED');
    const message = `what ${blueprint.step.id} waits for could not be judged: ${cause.message.split('\n', 1)[0]}`;
    const { hint } = cause;
    return {
      type: 'condition.failed',
      error: { code: 'CONDITION_FAILED', message, ...(hint === undefined ? {} : { hint }), retryable: false, cause },
    } as const;
  }
}

/** In words, until when and until what a step waits. */
export function untilInWords({ blueprint, startedAt, actor }: LiveStep): string {
  const { step } = blueprint;
  const { timeoutMs } = contextOf<StepContext>(actor).plan;
  const until = step.kind === 'sleep' || step.kind === 'signal' ? step.until : undefined;
  const moment = timeoutMs === null ? '' : ` until ${new Date(startedAt + timeoutMs).toISOString()}`;
  return until === undefined ? moment : `${moment}, or until ${until}`;
}
