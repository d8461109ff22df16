/** Why a step stands where it stands, in one sentence. The sentence comes from the state of its statechart, never from a guess. */

import { formatDuration } from '../definition/duration.ts';
import type { StepContext } from '../machines/step.ts';
import type { SyncPointContext } from '../machines/sync-point.ts';
import { attemptTimeout } from '../policy/attempt-timeout.ts';
import { contextOf, stateOf } from './actor-system.ts';
import { askedInWords } from './asked-in-words.ts';
import { signalOf } from './attempts.ts';
import { budgetInWords } from './budget-words.ts';
import { choiceInWords } from './choice-in-words.ts';
import { type Question, questionOf } from './question-view.ts';
import { recoveryInWords } from './recovery-in-words.ts';
import type { Contest, LiveGroup, LiveStep, RunState } from './run-state.ts';
import { undoingInWords } from './sagas.ts';
import { untilInWords } from './waits.ts';

/** The state of a step as people are shown it: that of its sync point, vote or group where that says more than that it coordinates. */
export function shownState({ actor, body }: LiveStep): string {
  const state = stateOf(actor);
  if (state === 'recovering') return body !== null && 'isCancelled' in body && body.kind === 'approval' ? stateOf(body.actor) : state;
  if ((state !== 'coordinating' && state !== 'overseen' && state !== 'claiming') || body === null || body.actor === null) return state;
  const inner = stateOf(body.actor);
  if ('isCancelled' in body) return inner;
  if ('steps' in body) return UNDOING.has(inner) ? 'undoing' : state;
  return TELLING.has(inner) ? inner : state;
}

/** States of a group that say more than that its members are at work. */
const TELLING: ReadonlySet<string> = new Set(['synchronising', 'merging', 'compensating', 'dismissing']);

/** States of a workflow in which what it did is undone. */
const UNDOING: ReadonlySet<string> = new Set(['compensating', 'pausedCompensating', 'undoing', 'pausedUndoing']);

/** The sentence for a member that has ended and does not count yet. */
export function whyContested({ rung, conflicts, stale }: Contest): string {
  const keys = (conflicts.length > 0 ? conflicts : stale).map(({ key }) => key).join(', ');
  return `has ended; what it wrote to ${keys} is being settled${rung === null ? '' : ` (${rung})`}`;
}

/** The sentence for a live step. `now` is the host's time, ms. */
export function whyLive(state: RunState, step: LiveStep, now: number): string {
  const recovery = recoveryInWords(state, step);
  if (recovery !== null && shownState(step) === 'recovering') return recovery;
  const why = whyAtWork(state, step, now);
  return recovery === null ? why : `${why}; ${recovery}`;
}

function whyAtWork(state: RunState, step: LiveStep, now: number): string {
  const context = contextOf<StepContext>(step.actor);
  const said = state.progress.get(step.path);
  if (said?.blocked != null) return `attempt ${context.attempt} is with ${performer(step)}, who cannot go on: ${said.blocked}`;
  const question = questionOf(state, step);
  if (question !== null) return whyAsked(question, now);
  switch (shownState(step)) {
    case 'attempting':
      return `attempt ${context.attempt} is with ${performer(step)}${choiceInWords(state, step.path, context.attempt)}, for ${ago(now - step.attemptStartedAt)} now${limit(context)}`;
    case 'queued':
      return queuedInWords(state, step, context.attempt);
    case 'backingOff': {
      const failed = context.error === null ? '' : ` failed (${context.error.message}) and`;
      return `attempt ${context.attempt}${failed} is tried again after a pause of ${formatDuration(context.waitMs)}`;
    }
    case 'standingInLine':
      return state.budget === null ? 'waits for its share of the budget' : budgetInWords(state.budget, step.path);
    case 'awaitingSlot':
      return state.slots.held
        ? 'waits because the run is paused'
        : `waits for room: ${state.slots.used} of ${state.slots.limit} tasks of this run are in flight`;
    case 'pending':
    case 'collecting':
      return `waits for ${missing(step)} to arrive${limit(context)}`;
    case 'executing':
      return 'everybody is there; it is being carried out';
    case 'casting':
      return `waits for the votes of ${openMembers(step)}`;
    case 'judging':
      return `waits for its judge, ${openMembers(step)}`;
    case 'escalated':
      return `is undecided; waits for a person: the signal "${signalOf(step)}"${limit(context)}`;
    case 'running':
      return `is in round ${state.phases.get(step.path)?.rounds.length ?? 1}; waits for its members: ${openMembers(step)}`;
    case 'sendingBack':
      return 'sends its work back; waits for those in between to end';
    case 'merging':
      return `merges what its members wrote${rungOf(step)}`;
    case 'compensating':
      return `compensates what its members have done${undoingInWords(state, step.path)}`;
    case 'undoing':
      return `undoes what it has done${undoingInWords(state, `${step.path}/(root)`)}`;
    case 'synchronising':
    case 'dismissing':
    case 'coordinating':
      return `waits for its members: ${openMembers(step)}`;
    case 'awaitingSignal':
      return `waits for the signal "${signalOf(step) ?? ''}"${limit(context)}${askedInWords(step.group)}`;
    case 'sleeping':
      return `sleeps${untilInWords(step)}`;
    case 'cancelling':
      return `is being cancelled: ${openMembers(step)} must end first`;
    default:
      return `is ${stateOf(step.actor)}`;
  }
}

/** The sentence for an attempt that the house cannot begin yet. */
function queuedInWords({ heldBack }: RunState, step: LiveStep, attempt: number): string {
  const held = heldBack.get(step.path);
  if (held?.attempt === attempt) return `attempt ${attempt} waits for ${held.why}`;
  return `waits for a free agent: ${performer(step)} is asked for attempt ${attempt}; whoever could do it is at work or getting ready, or all places are taken`;
}

/** The sentence for a question that people are asked. */
function whyAsked({ people, role, quorum, answers, dueAt, expiresAt }: Question, now: number): string {
  const who = people === null ? (role ?? 'a person') : list(people);
  const given = answers.filter(({ decision }) => decision !== 'reject').length;
  const wanted = quorum === null || quorum === 1 ? '' : `; ${given} of ${quorum} approvals are there`;
  const due = dueAt === null ? '' : dueAt <= now ? `, overdue for ${ago(now - dueAt)}` : `, due in ${ago(dueAt - now)}`;
  return `waits for an answer of ${who}${wanted}${due}${expiresAt === null ? ', without a deadline' : `, at most ${ago(expiresAt - now)} more`}`;
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

function missing({ body }: LiveStep): string {
  if (body === null || !('isCancelled' in body)) return 'its members';
  const { missing: names } = contextOf<SyncPointContext>(body.actor);
  return names.length === 0 ? 'nobody' : list(names);
}

/** Which way of settling a conflict is being tried by the group of a step. */
function rungOf({ body }: LiveStep): string {
  const rung = body !== null && 'contests' in body ? [...body.contests.values()].find(({ isMerge }) => isMerge)?.rung : undefined;
  return rung === undefined || rung === null ? '' : ` (${rung})`;
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
