import type { BuildProblem } from './builder-refusal.ts';
import type { ConflictSettings } from './joining.ts';
import { quoted } from './printable.ts';
import type { GroupStep, Step, SyncStep, VoteStep } from './workflow.ts';

/** What cannot hold of the places where steps meet: groups, sync points, votes; `conflicts` are those of the workflow. */
export function* meetingProblems(conflicts: ConflictSettings | undefined, steps: readonly Step[]): Generator<BuildProblem> {
  yield* ofLadder('the workflow', conflicts);
  for (const step of steps) {
    if (step.kind === 'group') yield* ofGroup(step);
    if (step.kind === 'sync') yield* ofSync(step);
    if (step.kind === 'vote') yield* ofVote(step);
  }
}

function* ofGroup(group: GroupStep): Generator<BuildProblem> {
  const { id, waitFor, quorum, deadline, onFailure, steps } = group;
  // a phase without members is skipped
  if (steps.length === 0 && group.phase === undefined)
    yield { code: 'VALUE_RANGE', message: `${id}: the group has no members`, hint: 'add steps to it, or leave it out' };
  const conflict = (message: string): BuildProblem => ({ code: 'DECLARATION_CONFLICT', message: `${id}: ${message}` });
  if (waitFor === 'quorum' && quorum === undefined) yield { code: 'KEY_MISSING', message: `${id}: to wait for a quorum needs "quorum"` };
  if (waitFor === 'deadline' && deadline === undefined)
    yield { code: 'KEY_MISSING', message: `${id}: to wait for a deadline needs "deadline"` };
  if (quorum !== undefined && waitFor !== 'quorum' && waitFor !== 'deadline')
    yield conflict(`"quorum" says nothing where it waits for ${waitFor}`);
  if (deadline !== undefined && waitFor !== 'deadline') yield conflict(`"deadline" says nothing where it waits for ${waitFor}`);
  if (quorum !== undefined && quorum > steps.length) {
    yield { code: 'QUORUM_IMPOSSIBLE', message: `${id}: ${quorum} members must complete, and the group has ${steps.length}` };
  }
  if (onFailure === 'fall_back_sequential') {
    if (group.mode === 'sequential') yield conflict('a sequence has nothing to fall back to: its members run one after the other');
    if (waitFor === 'any') yield conflict('where it waits for any, every member has failed by then: their order has nothing to mend');
    if (waitFor === 'deadline') yield conflict('where it waits for a deadline, the time is over by then');
  }
  yield* ofLadder(id, group.conflicts);
}

function* ofLadder(owner: string, conflicts: ConflictSettings | undefined): Generator<BuildProblem> {
  if (conflicts === undefined) return;
  const { ladder, persona, type, guidance } = conflicts;
  if (ladder.length === 0) yield { code: 'VALUE_RANGE', message: `${owner}: the ladder of conflicts has no rung` };
  for (const rung of ladder.filter((one, index) => ladder.indexOf(one) !== index)) {
    yield { code: 'KEY_DUPLICATE', message: `${owner}: the ladder of conflicts has ${quoted(rung)} twice` };
  }
  if (guidance !== undefined && !ladder.includes('guided')) {
    const message = `${owner}: "guidance" is for whoever merges, and nobody does: the ladder has no "guided"`;
    yield { code: 'DECLARATION_CONFLICT', message, hint: 'name a "persona" or a "type" who merges, or leave it out' };
  }
  if (ladder.includes('guided') && persona === undefined && type === undefined) {
    const hint = 'name a "persona" or a "type", or leave "guided" out';
    yield { code: 'DECLARATION_CONFLICT', message: `${owner}: the ladder has "guided", and nobody is named who merges`, hint };
  }
}

/** Keys that belong to one kind of sync point, which needs them. */
const OWN_KEYS = { threshold: 'progress_checkpoint', check: 'quality_gate' } as const;

function* ofSync(point: SyncStep): Generator<BuildProblem> {
  const { id, members, sync } = point;
  if (members.length === 0 && sync !== 'checkpoint') yield { code: 'VALUE_RANGE', message: `${id}: nobody meets at this sync point` };
  for (const key of ['threshold', 'check'] as const) {
    const kind = OWN_KEYS[key];
    if (point[key] === undefined && sync === kind) yield { code: 'KEY_MISSING', message: `${id}: a ${kind} needs "${key}"` };
    if (point[key] === undefined || sync === kind) continue;
    yield { code: 'DECLARATION_CONFLICT', message: `${id}: "${key}" belongs to a ${kind}, and this one is a ${sync}` };
  }
  for (const member of new Set(members.filter((one, index) => members.indexOf(one) !== index))) {
    yield { code: 'KEY_DUPLICATE', message: `${id}: ${quoted(member)} is named twice` };
  }
}

function* ofVote(vote: VoteStep): Generator<BuildProblem> {
  const { id, rule, quorum, steps, score, weights, judge } = vote;
  const conflict = (message: string): BuildProblem => ({ code: 'DECLARATION_CONFLICT', message: `${id}: ${message}` });
  if (quorum !== undefined && quorum > steps.length) {
    yield { code: 'QUORUM_IMPOSSIBLE', message: `${id}: ${quorum} voters must answer, and there are ${steps.length}` };
  }
  for (const [key, value] of [['weights', weights] as const, ['score', score] as const]) {
    if (value !== undefined && rule !== 'weighted') yield conflict(`"${key}" says nothing under the rule ${rule}`);
  }
  if (weights !== undefined && score !== undefined) yield conflict('it is weighted by "weights" or by "score", not by both');
  if (rule === 'weighted' && weights === undefined && score === undefined) {
    yield { code: 'KEY_MISSING', message: `${id}: a weighted vote needs "weights" or "score"` };
  }
  if (rule === 'judged' && judge === undefined) yield { code: 'KEY_MISSING', message: `${id}: a judged vote needs "judge"` };
}
