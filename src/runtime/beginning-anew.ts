/** Steps that begin anew because one of them is being recovered: who that is, how they are called back, and what is taken back. */
import type { RestartWorkflow } from '../definition/recovery-settings.ts';
import { everyStep } from '../definition/workflow.ts';
import { stateOf } from './actor-system.ts';
import { contextAt, takeBackShared } from './checkpoints.ts';
import { callBackMembers, sendBack, wayCleared, wayFrom } from './feedback.ts';
import { runInSequence } from './open-group.ts';
import type { Beginners, LiveRecovery } from './recovery-book.ts';
import type { LiveGroup, LiveStep, RunState } from './run-state.ts';
import { letGo, withinSteps } from './take-back.ts';
import { uncounted } from './uncounted.ts';

/** The step alone, with everything inside it. */
export function itself({ group, member }: LiveStep): Beginners {
  return { group: group.path, members: new Set([member]), inSequence: false, isCalled: false };
}

/** The members of the nearest parallel group around a step, from now on one after the other; null where there is none that could. */
export function nearestParallel(state: RunState, step: LiveStep): Beginners | null {
  for (let group: LiveGroup | null = step.group; group !== null; group = around(state, group)) {
    if (!group.blueprint.sideBySide) continue;
    if (group.fellBack || !canReopen(group)) return null;
    return { group: group.path, members: everyMember(group), inSequence: true, isCalled: false };
  }
  return null;
}

function around({ steps }: RunState, { path, scope }: LiveGroup): LiveGroup | null {
  const owner = steps.get(path);
  return owner !== undefined && owner.group.scope === scope ? owner.group : null;
}

/** Everything in the workflow of a step from that step on, and the step itself; null where the workflow cannot go back there. */
export function fromThereOn({ group: inner, path }: LiveStep, { from }: RestartWorkflow): Beginners | null {
  const { group } = inner.scope;
  if (group === null || !canReopen(group)) return null;
  if (from === undefined) return { group: group.path, members: everyMember(group), inSequence: false, isCalled: false };
  const holder = memberWith(group, from);
  const own = memberWith(group, path.slice(group.prefix.length));
  if (holder < 0 || own < 0) return null;
  const members = new Set([...wayFrom(group, holder), ...wayFrom(group, own)]);
  return { group: group.path, members, inSequence: false, isCalled: false, from };
}

/** Whether a group opens members again that have ended. */
export const canReopen = ({ blueprint, ending, actor }: LiveGroup): boolean =>
  blueprint.goesBack === true && ending === null && REOPENING.has(stateOf(actor));

/** States in which a group opens members again. */
const REOPENING: ReadonlySet<string> = new Set(['collecting', 'synchronising']);

const everyMember = ({ blueprint }: LiveGroup): ReadonlySet<number> => new Set(blueprint.members.keys());

const memberWith = ({ blueprint }: LiveGroup, id: string): number =>
  blueprint.members.findIndex(({ step }) => [...everyStep([step])].some((each) => each.id === id));

/** Calls those back who are to begin anew; while others of their group are being called back, it waits. */
export function callBackBeginners(state: RunState, { step, back, actor }: LiveRecovery): void {
  const group = state.groups.get(back?.group ?? '');
  if (back === null || group === undefined || back.isCalled || group.recalled !== null || group.ending !== null) return;
  if (!WAITING.has(stateOf(actor))) return;
  back.isCalled = true;
  const { members } = back;
  group.recalled = { loop: step, members, hear: () => clear(state, group, actor) };
  callBackMembers(state, group, members, `${step} is being recovered`);
  wayCleared(state, group);
}

function clear(state: RunState, group: LiveGroup, actor: LiveRecovery['actor']): void {
  if (group.recalled !== null && WAITING.has(stateOf(actor))) state.births.push(() => sendCleared(actor));
}

function sendCleared(actor: LiveRecovery['actor']): void {
  if (WAITING.has(stateOf(actor))) actor.send({ type: 'way.cleared' });
}

/** States of a recovery in which it waits for those who were called back. */
const WAITING: ReadonlySet<string> = new Set(['reopening', 'fallingBack', 'restarting']);

/** Takes back what those who were called back have left, and opens them again. */
export function openAnew(state: RunState, recovery: LiveRecovery): void {
  const { back } = recovery;
  if (back === null) return;
  recovery.back = null;
  const { members, inSequence } = back;
  const group = state.groups.get(back.group);
  if (group === undefined || group.ending !== null) return;
  if (back.from !== undefined) restoreShared(state, group, back.from, members);
  const counts = uncounted(state, group, members);
  letGo(state, group, members);
  if (inSequence) runInSequence(group);
  group.progress.runAgain(members);
  if (inSequence) group.progress.reorder(group.blueprint.rank);
  group.recalled = null;
  group.actor.send({ type: 'members.reopened', ...counts, ...(inSequence ? { inSequence } : {}) });
  // Whoever wanted to send work back meanwhile asks again.
  for (const live of group.live.values()) state.births.push(() => sendBack(state, live));
}

/** Gives members that begin anew from a checkpoint the shared context as it was there, but for what others have made of it since. */
function restoreShared(state: RunState, group: LiveGroup, from: string, members: ReadonlySet<number>): void {
  const then = contextAt(state, group, from);
  if (then === null || group.context === null) return;
  const steps = [...members].flatMap((member) => group.blueprint.members[member]?.step ?? []);
  takeBackShared(group.context.cell, then, withinSteps(group, steps), state.clock.now());
}
