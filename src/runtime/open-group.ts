/** Creating the group actor that a workflow, a step or the run itself needs. */

import { inheritedPolicy } from '../definition/failure-policy.ts';
import type { GroupBlueprint } from '../planning/blueprint.ts';
import type { EdgeTerms } from '../planning/drawn-edges.ts';
import { type Blocked, GroupProgress } from '../planning/group-progress.ts';
import type { JoinRule } from '../policy/group-tally.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import { createGroup, type LiveActor } from './actor-system.ts';
import { timeLeft } from './kept-deadlines.ts';
import { toldKept } from './kept-rounds.ts';
import { placesOf } from './launch-places.ts';
import type { LiveGroup, LiveStep, RunScope, RunState } from './run-state.ts';
import { renderDuration } from './scope.ts';
import { branchOf, type ContextCell, cellOf, type GroupContext, sharedValues } from './shared-cell.ts';
import { openUndoLog, type UndoLog } from './undo-log.ts';

/** What a group is opened with. */
export interface GroupOpening {
  readonly blueprint: GroupBlueprint;
  readonly path: string;
  /** Path of the step whose members its members are. Default: its own. */
  readonly within?: string;
  readonly prefix: string;
  readonly parent: LiveActor;
  readonly onFailure: JoinRule['onFailure'];
  /** What its members see of the shared context; null where nothing does. */
  readonly cell: ContextCell | null;
  /** Where what its members change is noted, because something around it may be taken back. */
  readonly undo?: UndoLog | null;
  readonly tolerated?: number;
  /** Its members may run again as a whole. */
  readonly repeats?: boolean;
  /** Failures of its members are for a gate to judge: they block those that depend on them, and decide nothing else. */
  readonly isGated?: boolean;
  /** Members that have completed before, and do not run again. */
  readonly kept?: readonly number[];
  /** Told of members that do not run because of those. */
  readonly onLeftOut?: (group: LiveGroup, left: Blocked) => void;
  readonly extra?: JsonObject | null;
  /** What its members make is for whoever opened it alone: it is not seen by other steps. */
  readonly isPrivate?: boolean;
  readonly onSettled?: ((settled: StepSettled) => void) | null;
}

/** Creates a group; its actor is not started yet. */
export function openGroup(state: RunState, scope: RunScope, opening: GroupOpening): LiveGroup {
  const { blueprint, path, prefix, parent, cell, extra = null, onSettled = null } = opening;
  const rule = ruleOf(state, scope, opening);
  const inSequence = state.recovery.inSequence.has(path);
  const { onSkip } = scope.blueprint.workflow;
  const { ordering } = blueprint;
  const barrier = state.slots.limit === 1 ? ordering?.place : ordering?.barrier;
  const context = cell === null ? null : contextOf(blueprint, cell);
  const unjudged = new Map<EdgeTerms, unknown>();
  const isTaken = (edge: EdgeTerms) => {
    try {
      return edge.when === null || edge.when(context === null ? scope : { ...scope, shared: sharedValues(context.cell) });
    } catch (thrown) {
      // Never a silent no: the edge is taken, and whoever it leads to is refused with the reason.
      unjudged.set(edge, thrown);
      return true;
    }
  };
  const progress = new GroupProgress(
    blueprint,
    // Members of an `any` join are alternatives: where one follows another, it follows also when that one failed.
    { onFailure: opening.isGated === true ? 'continue' : dependencyRule(rule), onSkip, isTaken },
    orderOf(state, blueprint, prefix),
  );
  const kept = new Set(opening.kept);
  const leftOut = [...kept].flatMap((member) => progress.settle(member, 'completed')).filter(({ member }) => !kept.has(member));
  const live: LiveGroup = {
    path,
    within: opening.within ?? path,
    prefix,
    blueprint,
    scope,
    rule,
    progress,
    actor: createGroup(parent, {
      path,
      members: blueprint.members.length,
      rule,
      merges: context !== null && context.apart !== null && !inSequence,
      ...(opening.kept === undefined ? {} : { kept: opening.kept.length, leftOut: leftOut.length }),
      ...(blueprint.syncPoints.length === 0
        ? {}
        : { syncPoints: blueprint.syncPoints.map((at) => prefix + blueprint.members[at]?.step.id) }),
    }),
    parent,
    live: new Map(),
    limit: blueprint.join.maxConcurrent ?? Number.POSITIVE_INFINITY,
    launching: 0,
    round: 0,
    context,
    undo: opening.repeats === true || mayStartOver(blueprint) ? openUndoLog(opening.undo) : (opening.undo ?? null),
    undoByMember: blueprint.ways === undefined && blueprint.goesBack === undefined ? null : new Map(),
    feedback: toldKept(state, blueprint, prefix),
    recalled: null,
    held: new Map(),
    isGated: opening.isGated === true,
    contests: new Map(),
    unjudged,
    fellBack: false,
    extra,
    isPrivate: opening.isPrivate === true,
    onSettled,
    errand: null,
    ending: null,
    ordered: barrier === undefined ? null : { count: 0, arrived: new Map(), barrier },
  };
  if (inSequence) {
    runInSequence(live);
    progress.reorder(blueprint.rank);
  }
  state.groups.set(path, live);
  for (const left of leftOut) opening.onLeftOut?.(live, left);
  return live;
}

/** The order of launch: as planned, else by longest chain. Journals of the first format were launched in the order of the file. */
function orderOf({ format, planned }: RunState, blueprint: GroupBlueprint, prefix: string): readonly number[] {
  if (blueprint.ordering !== null) return blueprint.rank;
  if (planned !== null) return placesOf(blueprint, prefix, planned);
  return format > 1 ? blueprint.urgency : blueprint.rank;
}

function dependencyRule({ waitFor, policy, onFailure }: JoinRule): JoinRule['onFailure'] {
  if (waitFor === 'any' || policy === 'best_effort') return 'best_effort';
  // Only where every member must complete does one failure end all others.
  return policy === undefined && (waitFor === 'all' || onFailure !== 'stop') ? onFailure : 'continue';
}

const mayStartOver = ({ join, isolates }: GroupBlueprint) => isolates || join.policy === 'fall_back_sequential';

/** How the group that stands inside a step is opened. */
export function openingInside({ path, group, actor, member }: LiveStep, blueprint: GroupBlueprint): GroupOpening {
  return {
    blueprint,
    path,
    prefix: group.prefix,
    parent: actor,
    onFailure: group.isGated ? 'continue' : inheritedPolicy(group.rule.policy, group.rule.onFailure),
    cell: group.context === null ? null : cellOf(group.context, member),
    undo: undoOf(group, member),
    extra: group.extra,
  };
}

/** Where what a member changes in the scope is noted; null for nowhere. */
export function undoOf({ undo, undoByMember }: LiveGroup, member: number): UndoLog | null {
  if (undoByMember === null) return undo;
  let own = undoByMember.get(member);
  if (own === undefined) {
    own = openUndoLog(undo);
    undoByMember.set(member, own);
  }
  return own;
}

function ruleOf(state: RunState, scope: RunScope, { blueprint, path, onFailure, tolerated }: GroupOpening): JoinRule {
  const { waitFor, policy, quorum, deadline } = blueprint.join;
  const deadlineMs = timeLeft(state, path, renderDuration(deadline, path, scope));
  return {
    waitFor,
    onFailure,
    ...(policy === null ? {} : { policy }),
    ...(quorum === null ? {} : { quorum }),
    ...(tolerated === undefined ? {} : { tolerated }),
    ...(deadlineMs === null ? {} : { deadlineMs }),
  };
}

/** A group that merges, or may be taken back, works on a branch as a whole; members side by side get branches of that. */
function contextOf({ isolates, sideBySide }: GroupBlueprint, outer: ContextCell): GroupContext {
  const none = { base: null, branches: new Map(), staged: new Map() };
  if (!isolates) return { cell: outer, apart: null, ...none };
  const own = branchOf(outer.current);
  return { ...none, cell: own, apart: { own, outer }, base: sideBySide ? outer.current : null };
}

/** From now on the members of a group run one after the other, and what they write counts at once. */
export function runInSequence(group: LiveGroup): void {
  group.fellBack = true;
  group.limit = 1;
  const { context } = group;
  if (context === null) return;
  context.base = null;
  if (context.apart !== null) context.cell = context.apart.outer;
}
