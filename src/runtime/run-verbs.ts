/** What the statecharts of a run ask for, carried out on its state: the run's side of the port. */
import type { ConflictRung } from '../definition/joining.ts';
import type { ApprovalNote, Decision, FailedAttempt, RunPort } from '../machines/run-port.ts';
import { type ErrorData, TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type { ConflictSettled, GroupSettled, StepSettled, WorkflowSettled } from '../protocol/messages.ts';
import { stateOf, tellLive } from './actor-system.ts';
import { noteApproval } from './approvals.ts';
import { listen, requestAttempt, requestSlot, withdrawAttempt, yieldSlot } from './attempts.ts';
import { countVotes, decide, openJudge, openVoters } from './ballots.ts';
import { openBody, openHandlers, openRoot } from './bodies.ts';
import { askForMore, leaveBudget, standInBudget, takeMore, takeRefusal, withdrawAsking } from './budgets.ts';
import { cancelCompensation, openCompensation } from './compensation.ts';
import { conclude } from './conclude.ts';
import { contested, leaveMerge, mended, merged, openMerge, startOver } from './contest.ts';
import { launchReady } from './launch.ts';
import { executeSync } from './meetings.ts';
import { expireRequest } from './message-delivery.ts';
import { PhaseVerbs } from './phase-verbs.ts';
import type { LiveGroup, LiveStep, RunScope, RunState } from './run-state.ts';
import { leaveRung, tryRung } from './rungs.ts';
import { arrived, endMembers } from './settle.ts';
import { watch } from './waits.ts';

export class RunVerbs extends PhaseVerbs implements RunPort {
  readonly #state: RunState;

  constructor(state: RunState) {
    super(state);
    this.#state = state;
  }

  launchReady(group: string): void {
    launchReady(this.#state, this.#group(group));
  }

  arrived(group: string, settled: StepSettled): readonly StepSettled[] {
    return arrived(this.#state, this.#group(group), settled);
  }

  endMembers(group: string, outcome: 'cancelled' | 'skipped', reason: string): readonly StepSettled[] {
    return endMembers(this.#state, this.#group(group), outcome, reason);
  }

  openMerge(group: string): void {
    const merging = this.#group(group);
    this.#later(() => {
      // It may have been cancelled since it asked.
      if (stateOf(merging.actor) === 'merging') openMerge(this.#state, merging);
    });
  }

  contested(group: string, settled: ConflictSettled): readonly StepSettled[] {
    return contested(this.#state, this.#group(group), settled);
  }

  merged(group: string, settled: ConflictSettled): ErrorData | null {
    return merged(this.#state, this.#group(group), settled);
  }

  startOver(group: string): void {
    startOver(this.#state, this.#group(group));
  }

  mended(group: string, settled: GroupSettled): void {
    const mending = this.#group(group);
    // In vain, its conflict ends before the group does; otherwise the conflict ends it.
    if (settled.outcome === 'completed') this.#later(() => mended(this.#state, mending, settled));
    else mended(this.#state, mending, settled);
  }

  openCompensation(group: string): void {
    const compensated = this.#group(group);
    this.#later(() => openCompensation(this.#state, compensated));
  }

  cancelCompensation(group: string, reason: string): void {
    cancelCompensation(this.#group(group), reason);
  }

  executeSync(step: string): void {
    const point = this.#step(step);
    this.#later(() => executeSync(this.#state, point));
  }

  leaveSync(step: string, reason: string): void {
    leaveMerge(this.#state, this.#step(step), reason);
  }

  openVoters(step: string): void {
    const vote = this.#step(step);
    this.#later(() => openVoters(this.#state, vote));
  }

  countVotes(step: string): Decision {
    return countVotes(this.#state, this.#step(step));
  }

  openJudge(step: string): void {
    const vote = this.#step(step);
    this.#later(() => openJudge(this.#state, vote));
  }

  decide(step: string, answer: Json): Decision {
    return decide(this.#state, this.#step(step), answer);
  }

  noteApproval(step: string, note: ApprovalNote): void {
    noteApproval(this.#state, step, note);
  }

  tryRung(contest: string, rung: ConflictRung): void {
    this.#later(() => tryRung(this.#state, contest, rung));
  }

  leaveRung(contest: string, _rung: ConflictRung, reason: string): void {
    leaveRung(this.#state, contest, reason);
  }

  expireRequest(request: string): void {
    this.#state.requests.delete(request);
    expireRequest(this.#state, request);
  }

  requestSlot(step: string): void {
    requestSlot(this.#state, this.#step(step));
  }

  yieldSlot(step: string, failed: FailedAttempt): void {
    yieldSlot(this.#state, this.#step(step), failed);
  }

  requestAttempt(step: string, attempt: number, timeoutMs: number | null): void {
    requestAttempt(this.#state, this.#step(step), attempt, timeoutMs);
  }

  withdrawAttempt(step: string, attempt: number, reason: string): void {
    withdrawAttempt(this.#state, step, attempt, reason);
  }

  listen(step: string): void {
    listen(this.#state, this.#step(step));
  }

  watch(step: string): void {
    watch(this.#state, this.#step(step));
  }

  openBody(step: string): void {
    const opening = this.#step(step);
    this.#later(() => openBody(this.#state, opening));
  }

  cancelBody(step: string, reason: string): void {
    const { body, errand } = this.#step(step);
    // The step asks for its vote or phase to be cancelled; that, in turn, for those who are at work for it.
    if (body !== null && 'isCancelled' in body && (body.kind === 'vote' || body.kind === 'phase') && body.isCancelled) {
      if (errand !== null) tellLive(errand.actor, { type: 'cancel', reason });
      return;
    }
    if (body !== null && 'isCancelled' in body) body.isCancelled = true;
    if (body?.actor != null) tellLive(body.actor, { type: 'cancel', reason });
  }

  openRoot(scope: string): void {
    this.#later(() => openRoot(this.#state, this.#scope(scope)));
  }

  openHandlers(scope: string, settled: GroupSettled): void {
    this.#later(() => openHandlers(this.#state, this.#scope(scope), settled));
  }

  cancelRoot(scope: string, reason: string): void {
    const leaving = this.#scope(scope);
    leaving.isLeaving = true;
    leaving.group?.actor.send({ type: 'cancel', reason });
  }

  standInBudget(step: string): void {
    standInBudget(this.#state, this.#step(step));
  }

  leaveBudget(step: string): void {
    leaveBudget(this.#state, step);
  }

  askForMore(step: string): void {
    const claiming = this.#step(step);
    this.#later(() => askForMore(this.#state, claiming));
  }

  withdrawAsking(step: string, reason: string): void {
    withdrawAsking(this.#state, step, reason);
  }

  takeMore(step: string, settled: WorkflowSettled): void {
    takeMore(this.#state, step, settled);
  }

  takeRefusal(step: string, settled: WorkflowSettled): ErrorData {
    return takeRefusal(this.#state, step, settled);
  }

  hold(): void {
    this.#state.slots.hold();
  }

  release(): void {
    this.#state.slots.release();
  }

  conclude(scope: string): { outputs: Json; error: ErrorData | null } {
    return conclude(this.#scope(scope));
  }

  /** Actors are created, and told what may make them end, between the moves of the statecharts. */
  #later(birth: () => void): void {
    this.#state.births.push(birth);
  }

  #step(path: string): LiveStep {
    const step = this.#state.steps.get(path);
    if (step === undefined) throw new TroupeError('INTERNAL', `step ${path} is not live`);
    return step;
  }

  #group(path: string): LiveGroup {
    const group = this.#state.groups.get(path);
    if (group === undefined) throw new TroupeError('INTERNAL', `group ${path} is not live`);
    return group;
  }

  #scope(prefix: string): RunScope {
    const scope = this.#state.scopes.get(prefix);
    if (scope === undefined) throw new TroupeError('INTERNAL', `scope ${prefix} is not live`);
    return scope;
  }
}
