/** Launching members of a group: who is ready, who has room, creating the actor. */
import type { StepBlueprint } from '../planning/blueprint.ts';
import type { ReadyClass } from '../planning/group-progress.ts';
import { createStep, tellLive } from './actor-system.ts';
import { planEntry } from './entry.ts';
import { planKept, takesRoom, viewKept } from './kept-entry.ts';
import type { LiveGroup, LiveStep, RunState } from './run-state.ts';

/** Launches what is ready and has room; a group left with ready members stands in line for room. */
export function launchReady(state: RunState, group: LiveGroup): void {
  if (group.ending !== null) return;
  const early: number[] = [];
  let among: ReadyClass = 'any';
  for (let member = group.progress.takeReady(); member !== undefined; member = group.progress.takeReady(among)) {
    const blueprint = group.blueprint.members[member] as StepBlueprint;
    // A sync point waits beside the members: it does not count among those at work.
    if (blueprint.step.kind !== 'sync' && isFull(group)) {
      early.push(member);
      among = 'points';
      continue;
    }
    if (mustWait(group, member, blueprint)) {
      early.push(member);
      continue;
    }
    const room = takesRoom(state, blueprint, group.prefix + blueprint.step.id);
    if (room && !hasRoom(state, group)) {
      early.push(member);
      standInLine(state, group);
      // What needs no room is not held up by what does.
      // What is kept needs no room, whatever it is.
      among = state.keeping === null ? 'roomless' : 'any';
      continue;
    }
    if (room) state.slots.take();
    const counts = blueprint.step.kind === 'sync' ? 0 : 1;
    const { round } = group;
    group.launching += counts;
    state.births.push(() => {
      if (group.round === round) {
        group.launching -= counts;
        launch(state, group, member, room);
      } else if (room) state.slots.giveBack();
    });
  }
  for (const member of early) group.progress.putBack(member);
}

/** Whether a ready member is held back by its group: by the order, or by a conflict that is being settled. */
function mustWait(group: LiveGroup, member: number, { keys }: StepBlueprint): boolean {
  if (group.recalled?.members.has(member) === true) return true;
  if (group.ordered !== null && (group.ordered.barrier[member] ?? 0) > group.ordered.count) return true;
  return keys !== null && group.scope.barred.size > 0 && keys.writes.some((key) => group.scope.barred.has(key));
}

/** Whether as many members are at work as may be. */
const isFull = (group: LiveGroup) => group.limit < Number.POSITIVE_INFINITY && atWork(group) >= group.limit;

/** Launches a member again, whatever it had come to; what needs room stands in line for it. */
export function relaunch(state: RunState, group: LiveGroup, member: number): void {
  const blueprint = group.blueprint.members[member];
  if (blueprint === undefined) return;
  group.progress.reopen(member);
  if (!takesRoom(state, blueprint, group.prefix + blueprint.step.id)) {
    launch(state, group, member, false);
    return;
  }
  const { round } = group;
  state.slots.await(group.prefix + blueprint.step.id, () => {
    state.slots.take();
    state.births.push(() => {
      if (group.round === round) launch(state, group, member, true);
      else state.slots.giveBack();
    });
  });
}

/** Members at work, and those about to be; sync points wait beside them. One after the other, nobody is before a conflict is settled. */
function atWork({ live, launching, blueprint, contests, fellBack }: LiveGroup): number {
  const contested = fellBack ? [...contests].filter(([member, { isMerge }]) => !isMerge && !live.has(member)).length : 0;
  if (blueprint.syncPoints.length === 0) return live.size + launching + contested;
  return launching + contested + live.size - blueprint.syncPoints.filter((point) => live.has(point)).length;
}

function hasRoom(state: RunState, group: LiveGroup): boolean {
  if (state.granted === group.path) {
    state.granted = null;
    return true;
  }
  return state.slots.free;
}

function standInLine(state: RunState, group: LiveGroup): void {
  state.slots.await(group.path, () => {
    state.granted = group.path;
    tellLive(group.actor, { type: 'slot.granted' });
    state.granted = null;
  });
}

function launch(state: RunState, group: LiveGroup, member: number, room: boolean): void {
  const blueprint = group.blueprint.members[member];
  if (blueprint === undefined || group.progress.outcome(member) !== undefined || group.recalled?.members.has(member) === true) {
    if (room) state.slots.giveBack();
    return;
  }
  const path = group.prefix + blueprint.step.id;
  const plan = planKept(state, blueprint, path) ?? planEntry(state, group, member, path);
  const actor = createStep(group.actor, plan.input);
  const live: LiveStep = {
    path,
    member,
    blueprint,
    group,
    actor,
    startedAt: state.clock.now(),
    name: plan.name,
    given: plan.given,
    branch: plan.branch,
    nested: plan.nested,
    persona: plan.persona,
    attemptStartedAt: state.clock.now(),
    holdsSlot: room,
    view: viewKept(plan, group, member, blueprint),
    body: null,
    errand: null,
  };
  group.live.set(member, live);
  state.steps.set(path, live);
  actor.start();
}
