/** Members that run again are taken out of the count of their group, and what they changed in its scope is taken back. */
import { ownPolicy } from '../definition/failure-policy.ts';
import type { GroupFailurePolicy } from '../definition/joining.ts';
import type { MembersReopened } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import { forget } from './take-back.ts';
import { takeBack } from './undo-log.ts';

/** Forgets that these members have ended, the last one first, with what they left behind. What the group must count off for it. */
export function uncounted(state: RunState, group: LiveGroup, members: ReadonlySet<number>): Omit<MembersReopened, 'type' | 'inSequence'> {
  const ended: Record<StepOutcome, number> = { completed: 0, failed: 0, cancelled: 0, skipped: 0 };
  const weighed = weigh(state, group, members);
  let syncPoints = 0;
  const inOrder = inOrderOfTheirEnds(state, group, members);
  forget(state, group, inOrder);
  for (const member of inOrder) {
    const outcome = group.progress.outcome(member);
    // A failure that is held back for whoever stands in has not been counted yet.
    if (outcome !== undefined && !group.held.delete(member)) {
      ended[outcome]++;
      if (group.blueprint.syncPoints.includes(member)) syncPoints++;
    }
    const undo = group.undoByMember?.get(member);
    if (undo !== undefined) takeBack(undo, group.scope);
    group.context?.staged.delete(member);
    group.context?.branches.delete(member);
  }
  return { ...ended, ...weighed, syncPoints };
}

/** What becomes of the count of failures when members run again: how many of theirs count as their steps say, and which one is the first then. */
function weigh(state: RunState, group: LiveGroup, members: ReadonlySet<number>): Pick<MembersReopened, 'excused' | 'patient' | 'first'> {
  const policies = [...members].flatMap((member) => (isCounted(group, member) ? [policyOf(group, member)] : []));
  const first = firstFailure(state, group, members);
  return {
    excused: policies.filter((policy) => policy === 'best_effort').length,
    patient: policies.filter((policy) => policy === 'continue').length,
    ...(first === null ? {} : { first }),
  };
}

/** Whether a member has failed, and nobody may make that good any more. */
const isCounted = ({ progress, held }: LiveGroup, member: number): boolean => progress.outcome(member) === 'failed' && !held.has(member);

function policyOf({ blueprint }: LiveGroup, member: number): GroupFailurePolicy | undefined {
  const step = blueprint.members[member]?.step;
  return step === undefined ? undefined : ownPolicy(step);
}

/** The first failure that counts of those who do not run again. */
function firstFailure(state: RunState, group: LiveGroup, again: ReadonlySet<number>): NonNullable<MembersReopened['first']> | null {
  const left = [...group.blueprint.members.keys()].filter(
    (member) => !again.has(member) && isCounted(group, member) && policyOf(group, member) !== 'best_effort',
  );
  if (left.length === 0) return null;
  const first = inOrderOfTheirEnds(state, group, new Set(left)).at(-1);
  if (first === undefined) return null;
  const failedStep = group.prefix + (group.blueprint.members[first]?.step.id ?? '');
  const record = state.records.get(failedStep);
  return { failedStep, error: record?.error ?? null, thrown: record?.thrown ?? false };
}

/** Those that ended last come first: what they changed is taken back in the reverse order. */
function inOrderOfTheirEnds(state: RunState, group: LiveGroup, members: ReadonlySet<number>): number[] {
  const places = new Map(state.history.map(([path], place) => [path, place]));
  const placeOf = (member: number) => places.get(group.prefix + (group.blueprint.members[member]?.step.id ?? '')) ?? -1;
  return [...members].sort((a, b) => placeOf(b) - placeOf(a));
}
