/** The verbs of phases and of the ways back between them, carried out on the state of the run: a part of the run's side of the port. */

import type { GateJudgement } from '../machines/run-port.ts';
import { type ErrorData, TroupeError } from '../protocol/errors.ts';
import type { GroupSettled } from '../protocol/messages.ts';
import { askPerson, leaveQuestion } from './escalation.ts';
import { callBack, goBack, recall, refuse, sendBack } from './feedback.ts';
import { askGate } from './gate-asking.ts';
import type { PhaseResult } from './phase-story.ts';
import { closeRound, examineGate, hearVerdict, openMembers, runAgain } from './phases.ts';
import { RecoveryVerbs } from './recovery-verbs.ts';
import type { LiveLoop, LiveStep, RunState } from './run-state.ts';

export class PhaseVerbs extends RecoveryVerbs {
  readonly #state: RunState;

  constructor(state: RunState) {
    super(state);
    this.#state = state;
  }

  openMembers(phase: string): void {
    const opening = this.#step(phase);
    this.#later(() => openMembers(this.#state, opening));
  }

  examineGate(phase: string, members: GroupSettled | null): GateJudgement {
    return examineGate(this.#state, this.#step(phase), members);
  }

  askGate(phase: string): void {
    const asking = this.#step(phase);
    this.#later(() => askGate(this.#state, asking));
  }

  hearVerdict(phase: string, members: GroupSettled | null): GateJudgement {
    return hearVerdict(this.#state, this.#step(phase), members);
  }

  runAgain(phase: string, rework: boolean): void {
    const again = this.#step(phase);
    this.#later(() => runAgain(this.#state, again, rework));
  }

  closeRound(phase: string, result: PhaseResult): void {
    closeRound(this.#state, phase, result);
  }

  sendBack(phase: string): void {
    const sender = this.#step(phase);
    this.#later(() => sendBack(this.#state, sender));
  }

  callBack(loop: string): void {
    const going = this.#loop(loop);
    recall(going);
    this.#later(() => callBack(this.#state, going));
  }

  goBack(loop: string): void {
    const going = this.#loop(loop);
    this.#later(() => goBack(this.#state, going));
  }

  refuse(loop: string, error: ErrorData, decided: 'go_on' | 'fail' | null = null): void {
    const refused = this.#loop(loop);
    this.#later(() => refuse(this.#state, refused, error, decided));
  }

  askPerson(loop: string): void {
    const asking = this.#loop(loop);
    this.#later(() => askPerson(this.#state, asking));
  }

  keepGrant(loop: string, rounds: number): void {
    this.#state.grantedRounds.set(loop, rounds);
  }

  leaveQuestion(loop: string): void {
    leaveQuestion(this.#loop(loop));
  }

  #later(birth: () => void): void {
    this.#state.births.push(birth);
  }

  #step(path: string): LiveStep {
    const step = this.#state.steps.get(path);
    if (step === undefined) throw new TroupeError('INTERNAL', `step ${path} is not live`);
    return step;
  }

  #loop(path: string): LiveLoop {
    const loop = this.#state.loops.get(path);
    if (loop === undefined) throw new TroupeError('INTERNAL', `there is no feedback loop of ${path}`);
    return loop;
  }
}
