/** What happens at a sync point once its members are there. */
import type { SyncStep } from '../definition/workflow.ts';
import type { StepContext } from '../machines/step.ts';
import { rebalancedPlaces } from '../planning/rebalanced-places.ts';
import { type ErrorData, errorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { contextOf, createSyncPoint, stateOf, tellLive } from './actor-system.ts';
import { openMerge } from './contest.ts';
import { tell } from './coordination-log.ts';
import { arriveAt } from './points.ts';
import type { LiveGroup, LiveStep, Meeting, RunState } from './run-state.ts';
import { scopeOf } from './scope.ts';

/** Creates the actor of a sync point; members that are there already are told to it. */
export function openMeeting(state: RunState, point: LiveStep, step: SyncStep): Meeting {
  const { group, path } = point;
  const { timeoutMs } = contextOf<StepContext>(point.actor).plan;
  const lenient = (group.rule.policy ?? group.rule.onFailure) === 'best_effort';
  const members = step.members.map((id) => group.prefix + id);
  const actor = createSyncPoint(point.actor, { path, kind: step.sync, members, timeoutMs, lenient });
  const met = new Set(step.members);
  state.births.push(() => {
    for (const { from } of state.exchange.arrivals.get(path) ?? []) arriveAt(point, from, null);
    group.blueprint.members.forEach((member, at) => {
      if (!met.has(member.step.id)) return;
      const outcome = group.progress.outcome(at);
      const arrival = group.prefix + member.step.id;
      if (outcome !== undefined) arriveAt(point, arrival, outcome);
      else if (group.live.has(at) && hasPassed(step, state.progress.get(arrival)?.percent)) arriveAt(point, arrival, null);
    });
  });
  return { kind: 'sync', actor, isCancelled: false };
}

/** Whether a member at work is as far as a progress checkpoint wants it to be. */
export function hasPassed({ sync, threshold = 100 }: SyncStep, percent: number | null | undefined): boolean {
  return sync === 'progress_checkpoint' && percent !== null && percent !== undefined && percent >= threshold;
}

/** Carries out what a sync point is for, and tells it. */
export function executeSync(state: RunState, point: LiveStep): void {
  const { step } = point.blueprint;
  const { group, body } = point;
  // A member may have failed it, or its group may be over, since it asked.
  if (step.kind !== 'sync' || body?.actor == null || stateOf(body.actor) !== 'executing') return;
  switch (step.sync) {
    case 'context_merge':
      if (group.context === null || group.context.base === null)
        executed(point, { version: group.context?.cell.current.version ?? 0 }, null);
      else openMerge(state, group, point);
      return;
    case 'progress_checkpoint':
      executed(point, { reached: reached(state, group, step), version: group.context?.cell.current.version ?? 0 }, null);
      return;
    case 'quality_gate':
      passGate(state, point, step);
      return;
    case 'resource_rebalancing':
      executed(point, rebalance(state, group), null);
      return;
    case 'checkpoint':
      executed(point, { version: group.context?.cell.current.version ?? 0 }, null);
      return;
    case 'barrier':
      executed(point, null, null);
  }
}

function executed({ body }: LiveStep, output: Json, error: ErrorData | null): void {
  if (body?.actor != null && stateOf(body.actor) === 'executing') body.actor.send({ type: 'sync.executed', output, error });
}

/** By member: the share of its work that is done, percent. */
function reached(state: RunState, group: LiveGroup, { members }: SyncStep): Json {
  return Object.fromEntries(
    members.map((id) => [id, state.records.has(group.prefix + id) ? 100 : (state.progress.get(group.prefix + id)?.percent ?? 0)]),
  );
}

function passGate(state: RunState, point: LiveStep, step: SyncStep): void {
  const { group, path, member, blueprint } = point;
  try {
    if (blueprint.check === null || blueprint.check(scopeOf(group, member))) {
      executed(point, { passed: true }, null);
      return;
    }
  } catch (thrown) {
    executed(point, null, { ...errorData(thrown, 'CONDITION_FAILED'), retryable: false });
    return;
  }
  const affected = step.members.map((id) => group.prefix + id);
  tell(state, { type: 'quality.gate_failed', source: path, affected, data: { check: step.check ?? null } });
  executed(point, null, {
    code: 'QUALITY_GATE_FAILED',
    message: `the quality gate ${path} does not hold: ${step.check}`,
    hint: `see what ${step.members.join(', ')} left`,
    retryable: false,
  });
}

/** Puts what is still to be launched into the order that the durations so far suggest, and lets it use all the room there is. */
function rebalance(state: RunState, group: LiveGroup): Json {
  const took = group.blueprint.members.map(({ step }) => {
    const record = state.records.get(group.prefix + step.id);
    return record?.startedAt == null ? null : record.endedAt - record.startedAt;
  });
  const places = rebalancedPlaces(group.blueprint, took);
  group.progress.reorder(places);
  if (!group.fellBack) group.limit = Number.POSITIVE_INFINITY;
  const { members, syncPoints } = group.blueprint;
  const open = members.map((_, member) => member).filter((at) => group.progress.outcome(at) === undefined && !syncPoints.includes(at));
  state.births.push(() => tellLive(group.actor, { type: 'slot.granted' }));
  return {
    order: open.sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0)).map((at) => members[at]?.step.id ?? ''),
  };
}
