/** Members that run again: what they left is taken back, and their attempts are numbered on. */
import { everyStep, type Step } from '../definition/workflow.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import { takeBack, takeBackOutput } from './undo-log.ts';

/** Takes back what all members of a group left in its scope and on record. */
export function takeBackMembers(state: RunState, group: LiveGroup): void {
  forgetSteps(
    state,
    group,
    group.blueprint.members.map(({ step }) => step),
  );
  if (group.undo !== null) takeBack(group.undo, group.scope);
}

/** Takes a member off the record, with everything inside it. */
export function forget(state: RunState, group: LiveGroup, member: number): void {
  const step = group.blueprint.members[member]?.step;
  if (step !== undefined) forgetSteps(state, group, [step]);
}

/** A member has run again: what it left only in its former life (it failed now, or took another branch) is not seen any more. */
export function dropFormer(state: RunState, { blueprint, prefix, scope, undo }: LiveGroup, member: number): void {
  const step = blueprint.members[member]?.step;
  if (step === undefined || undo === null) return;
  for (const { id } of everyStep([step])) {
    if (state.records.get(prefix + id)?.outcome !== 'completed') takeBackOutput(undo, scope, id);
  }
}

function forgetSteps(state: RunState, group: LiveGroup, steps: readonly Step[]): void {
  const ids = new Set([...everyStep(steps)].map(({ id }) => id));
  // What stands inside a nested workflow or an item of a map bears the id of its step up to the first slash or bracket.
  const isIts = (path: string) => {
    if (!path.startsWith(group.prefix)) return false;
    const own = path.slice(group.prefix.length).split('/', 1)[0] ?? '';
    return ids.has(own) || ids.has(own.split('[', 1)[0] ?? '');
  };
  for (const [path, { attempts }] of state.records) {
    if (!isIts(path)) continue;
    numberOn(state, path, attempts);
    state.records.delete(path);
  }
  for (const prefix of state.scopes.keys()) if (isIts(prefix)) state.scopes.delete(prefix);
  for (const path of state.groups.keys()) if (isIts(path) && path !== group.path) state.groups.delete(path);
}

/** The next attempt of a step has the number after this one: its keys are never used twice. */
export function numberOn(state: RunState, path: string, attempts: number): void {
  if (attempts > (state.attemptsSoFar.get(path) ?? 0)) state.attemptsSoFar.set(path, attempts);
}
