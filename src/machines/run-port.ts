/**
 * The holes in the statecharts. Machines decide when something happens; what it means outside of them (create a member's actor,
 * put an effect into the outbox, take a slot) is done by the run they belong to, behind this port.
 *
 * The port is found through the actor system, not through context: context stays plain JSON and a machine is created once for all
 * runs. In a pure transition (no run behind the system) the idle port answers: everything that arrives counts, nothing is launched.
 */

import type { ConflictRung } from '../definition/joining.ts';
import type { Decision } from '../policy/ballot.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type { ConflictSettled, GroupSettled, SagaSettled, StepSettled } from '../protocol/messages.ts';
import { type BudgetPort, idleBudgetPort } from './budget-port.ts';
import { idleRecoveryPort, type RecoveryPort } from './recovery-port.ts';

export type { Decision };

/** How a workflow's outputs came out: rendered, or why they could not be. */
export interface Conclusion {
  readonly outputs: Json;
  readonly error: ErrorData | null;
}

/** What an approval does of itself, without anybody having said anything. */
export interface ApprovalNote {
  readonly what: 'asked' | 'reminded' | 'escalated' | 'expired' | 'withdrawn';
  readonly to: readonly string[] | null;
}

/** What the examination of a gate came to. */
export interface GateJudgement {
  /** `unasked`: all else holds, and the persona has not been asked. `skipped`: nothing has run. `broken`: it could not be judged. */
  readonly finding: 'passed' | 'failed' | 'unasked' | 'skipped' | 'broken';
  /** Whether the work is to go back to an earlier phase. */
  readonly sendsBack: boolean;
  /** Why the gate does not hold. */
  readonly error: ErrorData | null;
}

/** An attempt that has failed, and how long it is until the next one, ms. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly error: ErrorData | null;
  /** Its performer broke. */
  readonly thrown: boolean;
  readonly waitMs: number;
}

export interface RunPort extends RecoveryPort, BudgetPort {
  /** Creates actors for the members of a group that are ready and have room. */
  launchReady(group: string): void;
  /** Takes in what a member reported; returns every member that is settled by it, in order (none while it waits for its turn). */
  arrived(group: string, settled: StepSettled): readonly StepSettled[];
  /** Ends a group's members: live ones are told, the others are returned as settled. */
  endMembers(group: string, outcome: 'cancelled' | 'skipped', reason: string): readonly StepSettled[];

  /** Asks for room for one attempt; answered by `slot.granted`, at once or later, first come first served. */
  requestSlot(step: string): void;
  /** Gives the room back while the step waits. */
  yieldSlot(step: string, failed: FailedAttempt): void;
  /** Puts `task.start` into the outbox. */
  requestAttempt(step: string, attempt: number, timeoutMs: number | null): void;
  /** Puts `task.cancel` into the outbox: the attempt's result will not be applied. */
  withdrawAttempt(step: string, attempt: number, reason: string): void;
  /** Registers for a signal; a signal that came early is delivered at once. */
  listen(step: string): void;
  /** Registers for what a step waits for to hold; answered by `condition.held` or `condition.failed`, at once or later, or never. */
  watch(step: string): void;
  /** Creates the group, branch or nested workflow that a step stands for. */
  openBody(step: string): void;
  cancelBody(step: string, reason: string): void;

  /** Merges what members wrote side by side: a conflict actor tries, and reports back as done. */
  openMerge(group: string): void;
  /** A conflict over a member's writes is over: the member counts now, one way or the other. */
  contested(group: string, settled: ConflictSettled): readonly StepSettled[];
  /** The merge of what members wrote is over: says why it came to nothing, or null. */
  merged(group: string, settled: ConflictSettled): ErrorData | null;
  /** Takes back what members left; from now on they are launched one after the other. */
  startOver(group: string): void;
  /** Members have run again on behalf of a conflict; it is told how that went. */
  mended(group: string, settled: GroupSettled): void;
  /** Creates the group that compensates what has completed. */
  openCompensation(group: string): void;
  cancelCompensation(group: string, reason: string): void;

  /** Whether a workflow that ends so has anything to undo, and is the one to do it. */
  hasToUndo(scope: string, cause: 'failure' | 'cancel'): boolean;
  /** Creates the saga that undoes what a workflow has done; its settlement comes back as done. */
  openSaga(scope: string, cause: 'failure' | 'cancel'): void;
  /** Creates the group that undoes a step; its settlement comes back to the saga as done. */
  undo(saga: string, step: string): void;
  stopUndoing(step: string, reason: string): void;
  /** Why a step could not be undone, or null. */
  undoFailure(step: string): ErrorData | null;
  /** Puts on record what a saga has come to. */
  undoingEnded(settled: SagaSettled): void;

  /** Carries out what a sync point is for; answered by `sync.executed`, at once or later. */
  executeSync(step: string): void;
  /** What was begun by `executeSync` is of no use any more. */
  leaveSync(step: string, reason: string): void;

  /** Creates the group of a vote's voters; its settlement comes back as done. */
  openVoters(step: string): void;
  /** Counts the answers of the voters. */
  countVotes(step: string): Decision;
  /** Creates the group of a vote's judge; its settlement comes back as done. */
  openJudge(step: string): void;
  /** What the judge, or the person, has answered. */
  decide(step: string, answer: Json): Decision;

  /** Something happened to a question that people are asked: it is put on record. `to`: who is asked now; null for anybody. */
  noteApproval(step: string, note: ApprovalNote): void;

  /** Tries to settle a conflict in one way; answered by `rung.settled`, at once or later. */
  tryRung(contest: string, rung: ConflictRung): void;
  /** What was begun by `tryRung` is of no use any more. */
  leaveRung(contest: string, rung: ConflictRung, reason: string): void;

  /** Creates the group of a phase's members; its settlement comes back as done. */
  openMembers(phase: string): void;
  /** Examines the gate of a phase, once its members have ended. */
  examineGate(phase: string, members: GroupSettled | null): GateJudgement;
  /** Asks the persona of a gate; answered by `gate.answered`. */
  askGate(phase: string): void;
  /** What the persona of a gate has answered. */
  hearVerdict(phase: string, members: GroupSettled | null): GateJudgement;
  /** Runs the members of a phase again: all of them (`rework`), or those that have not completed. */
  runAgain(phase: string, rework: boolean): void;
  /** Asks for the work of a phase to go back; answered by `feedback.refused`, or by its being called back. */
  sendBack(phase: string): void;
  /** Puts on record how a round of a phase ended. */
  closeRound(phase: string, result: 'passed' | 'continued' | 'reworked' | 'failed' | 'skipped' | 'cancelled'): void;
  /** Calls everybody back who works between an earlier phase and the sender; answered by `way.cleared`. */
  callBack(loop: string): void;
  /** Starts the phases between an earlier one and the sender anew. */
  goBack(loop: string): void;
  /** Tells the sender that its work does not go back; `decided`: what a person has said is to be done instead. */
  refuse(loop: string, error: ErrorData, decided?: 'go_on' | 'fail' | null): void;
  /** Asks people how to go on; answered by `person.decided`. */
  askPerson(loop: string): void;
  /** Work of a loop may go back so often in all, because people have granted it. */
  keepGrant(loop: string, rounds: number): void;
  /** Nobody needs their answer any more. */
  leaveQuestion(loop: string): void;

  /** A query was not answered in time: whoever asked is told. */
  expireRequest(request: string): void;

  /** Creates the root group of a workflow. */
  openRoot(scope: string): void;
  /** Creates the group of failure handlers. */
  openHandlers(scope: string, settled: GroupSettled): void;
  cancelRoot(scope: string, reason: string): void;
  /** No attempt is started while the run is held. */
  hold(): void;
  release(): void;
  /** Renders a workflow's outputs. */
  conclude(scope: string): Conclusion;
}

const idlePort: RunPort = {
  ...idleRecoveryPort,
  ...idleBudgetPort,
  launchReady() {},
  arrived: (_group, settled) => [settled],
  endMembers: () => [],
  openMerge() {},
  contested: () => [],
  merged: (group, { outcome }) => (outcome === 'unresolved' ? { code: 'CONFLICT_UNRESOLVED', message: `in ${group}` } : null),
  startOver() {},
  mended() {},
  openCompensation() {},
  cancelCompensation() {},
  hasToUndo: () => false,
  openSaga() {},
  undo() {},
  stopUndoing() {},
  undoFailure: () => null,
  undoingEnded() {},
  requestSlot() {},
  yieldSlot() {},
  requestAttempt() {},
  withdrawAttempt() {},
  listen() {},
  watch() {},
  openBody() {},
  cancelBody() {},
  executeSync() {},
  leaveSync() {},
  openVoters() {},
  countVotes: () => ({ kind: 'undecided', reason: 'nobody has voted' }),
  openJudge() {},
  decide: (_step, answer) => ({ kind: 'decided', output: answer }),
  noteApproval() {},
  tryRung() {},
  leaveRung() {},
  openMembers() {},
  examineGate: (_phase, members) => ({ finding: members?.outcome === 'failed' ? 'failed' : 'passed', sendsBack: false, error: null }),
  askGate() {},
  hearVerdict: () => ({ finding: 'passed', sendsBack: false, error: null }),
  runAgain() {},
  sendBack() {},
  closeRound() {},
  callBack() {},
  goBack() {},
  refuse() {},
  askPerson() {},
  keepGrant() {},
  leaveQuestion() {},
  expireRequest() {},
  openRoot() {},
  openHandlers() {},
  cancelRoot() {},
  hold() {},
  release() {},
  conclude: () => ({ outputs: null, error: null }),
};

// A property of the system rather than a WeakMap beside it: thousands of short runs make a large WeakMap, and the collector pays for it.
const PORT = Symbol('run port');

interface Connected {
  [PORT]?: RunPort;
}

/** Connects an actor system with the run it belongs to. */
export function connectPort(system: object, port: RunPort): void {
  (system as Connected)[PORT] = port;
}

/** The port of an actor system; the idle port where no run stands behind it. */
export function portOf(system: object): RunPort {
  return (system as Connected)[PORT] ?? idlePort;
}
