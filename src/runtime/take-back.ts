/** Members that run again: what they left is taken back, and their attempts are numbered on. */
import { everyStep, type Step } from '../definition/workflow.ts';
import { rememberCompletion } from './former-completions.ts';
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

/** Takes members off the record, with everything inside them: all at once, since every record is looked at. */
export function forget(state: RunState, group: LiveGroup, members: Iterable<number>): void {
  const steps = [...members].flatMap((member) => group.blueprint.members[member]?.step ?? []);
  if (steps.length > 0) forgetSteps(state, group, steps);
}

/** A member has run again: what it left only in its former life (it failed now, or took another branch) is not seen any more. */
export function dropFormer(state: RunState, { blueprint, prefix, scope, undo }: LiveGroup, member: number): void {
  const step = blueprint.members[member]?.step;
  if (step === undefined || undo === null) return;
  for (const { id } of everyStep([step])) {
    if (state.records.get(prefix + id)?.outcome !== 'completed') takeBackOutput(undo, scope, id);
  }
}

/**
 * Members that run again do not stand any more, whatever they did in an earlier life of the run; in older journals they do. What was asked
 * about them, or about their `owner`, a phase, is asked again.
 */
export function letGo({ keeping }: RunState, group: LiveGroup, members: Iterable<number>, owner: string | null = null): void {
  if (keeping === null || keeping.rounds === null) return;
  const steps = [...members].flatMap((member) => group.blueprint.members[member]?.step ?? []);
  const isIts = withinSteps(group, steps);
  for (const path of keeping.steps.keys()) {
    const about = path.replace(/^\([a-z]+\)\//u, '');
    if (isIts(about) || (about !== path && about === owner)) keeping.steps.delete(path);
  }
}

/** Whether a path is that of one of the steps, or of what stands inside of them. */
export function withinSteps({ prefix }: LiveGroup, steps: readonly Step[]): (path: string) => boolean {
  const ids = new Set([...everyStep(steps)].map(({ id }) => id));
  // What stands inside a nested workflow or an item of a map bears the id of its step up to the first slash or bracket.
  return (path) => {
    if (!path.startsWith(prefix)) return false;
    const own = path.slice(prefix.length).split('/', 1)[0] ?? '';
    return ids.has(own) || ids.has(own.split('[', 1)[0] ?? '');
  };
}

function forgetSteps(state: RunState, group: LiveGroup, steps: readonly Step[]): void {
  const isIts = withinSteps(group, steps);
  for (const [path, { attempts }] of state.records) {
    if (!isIts(path)) continue;
    numberOn(state, path, attempts);
    rememberCompletion(state, path);
    state.records.delete(path);
  }
  for (const prefix of state.scopes.keys()) if (isIts(prefix)) state.scopes.delete(prefix);
  for (const path of state.groups.keys()) if (isIts(path) && path !== group.path) state.groups.delete(path);
}

/** The next attempt of a step has the number after this one: its keys are never used twice. */
export function numberOn(state: RunState, path: string, attempts: number): void {
  if (attempts > (state.attemptsSoFar.get(path) ?? 0)) state.attemptsSoFar.set(path, attempts);
}
