/** Why a step stands where it stands, in one sentence. The sentence comes from the state of its statechart, never from a guess. */

import { formatDuration } from '../definition/duration.ts';
import type { StepContext } from '../machines/step.ts';
import { attemptTimeout } from '../policy/attempt-timeout.ts';
import { contextOf, stateOf } from './actor-system.ts';
import type { LiveGroup, LiveStep, RunState } from './run-state.ts';

/** The sentence for a live step. `now` is the host's time, ms. */
export function whyLive(state: RunState, step: LiveStep, now: number): string {
  const context = contextOf<StepContext>(step.actor);
  const { blueprint } = step;
  switch (stateOf(step.actor)) {
    case 'attempting':
      return `attempt ${context.attempt} is with ${performer(step)}, for ${ago(now - step.attemptStartedAt)} now${limit(context)}`;
    case 'queued':
      return `waits for a free agent: ${performer(step)} is asked for attempt ${context.attempt}, all places of the house are taken`;
    case 'backingOff': {
      const failed = context.error === null ? '' : ` failed (${context.error.message}) and`;
      return `attempt ${context.attempt}${failed} is tried again after a pause of ${formatDuration(context.waitMs)}`;
    }
    case 'awaitingSlot':
      return state.slots.held
        ? 'waits because the run is paused'
        : `waits for room: ${state.slots.used} of ${state.slots.limit} tasks of this run are in flight`;
    case 'coordinating':
      return `waits for its members: ${openMembers(step)}`;
    case 'awaitingSignal':
      return `waits for the signal "${blueprint.step.kind === 'signal' ? blueprint.step.signal : ''}"${limit(context)}`;
    case 'cancelling':
      return `is being cancelled: ${openMembers(step)} must end first`;
    default:
      return `is ${stateOf(step.actor)}`;
  }
}

/** The sentence for a member that has not been launched. */
export function whyPending(state: RunState, group: LiveGroup, member: number): string {
  const waitsFor = group.progress.unsettledDependencies(member).map((other) => group.blueprint.members[other]?.step.id ?? '?');
  if (waitsFor.length > 0) return `waits for ${list(waitsFor)}`;
  if (state.slots.held) return 'is ready; waits because the run is paused';
  if (group.ordered !== null && (group.ordered.barrier[member] ?? 0) > group.ordered.count)
    return 'is ready; waits for its turn, because earlier steps may change what it reads';
  return `is ready; waits for room: ${state.slots.used} of ${state.slots.limit} tasks of this run are in flight`;
}

function performer(step: LiveStep): string {
  const { step: definition } = step.blueprint;
  return step.persona === null ? `whoever performs ${definition.type}` : `persona ${step.persona}`;
}

function limit({ plan, attempt }: StepContext): string {
  const timeoutMs = attemptTimeout(plan.timeoutMs, attempt, plan.timeoutGrowth);
  return timeoutMs === null ? ', without a deadline' : `, at most ${formatDuration(timeoutMs)}`;
}

function openMembers(step: LiveStep): string {
  const { body, errand } = step;
  if (body === null) return 'nothing';
  const group = 'progress' in body ? body : 'isCancelled' in body ? errand : body.group;
  if (group === null) return 'nothing';
  const open = group.blueprint.members.filter((_, member) => group.progress.outcome(member) === undefined).map((member) => member.step.id);
  return open.length === 0 ? 'the last of them to end' : list(open);
}

const ago = (ms: number) => formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));

function list(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
