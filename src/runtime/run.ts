/**
 * A run: the fold over a journal. Facts go in with their time, effects come out with stable ids; nothing in here reads a clock, rolls
 * dice, touches a file or awaits a promise. Delivering the same facts in the same order rebuilds the same run, which is how it is
 * recovered, replayed and tested. The run does not know its host.
 */
import type { StepEvent } from '../machines/step.ts';
import type { WorkflowBlueprint } from '../planning/blueprint.ts';
import type { Effect } from '../protocol/effects.ts';
import { errorData, TroupeError } from '../protocol/errors.ts';
import type { Fact, RunRecovered, RunStarted, TaskProgressed } from '../protocol/facts.ts';
import { frozen } from '../protocol/frozen.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Keeping } from '../protocol/kept-steps.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';
import type { RunStatus } from '../protocol/outcomes.ts';
import type { Usage } from '../protocol/task.ts';
import { createRunSystem, type Inspector, type RunSystem, stateOf, tellLive } from './actor-system.ts';
import { hearPeople } from './approvals.ts';
import { completionOf, failureOf } from './attempt-end.ts';
import { deliverSignal } from './attempts.ts';
import { handlerRule } from './bodies.ts';
import { raiseBudgets, serveClaims, settleUsage } from './budgets.ts';
import { exchangeHooks } from './exchange-hooks.ts';
import { keptAtStart } from './keeping.ts';
import { giveAgain } from './kept-messages.ts';
import { forgetEntries } from './kept-rounds.ts';
import { hasPassed } from './meetings.ts';
import { deliverMessages } from './message-delivery.ts';
import { takeMessage } from './message-intake.ts';
import { attemptEnded, exchangeEnded } from './message-receivers.ts';
import { openRunState } from './open-run-state.ts';
import { arriveAt } from './points.ts';
import type { RunState } from './run-state.ts';
import { RunVerbs } from './run-verbs.ts';
import { cutSagasShort } from './sagas.ts';
import { judgeWaits } from './waits.ts';

export class Run {
  readonly state: RunState;
  readonly #system: RunSystem;
  #ended: WorkflowSettled | null = null;

  /** A run as it stands before its first fact is delivered: `started`, or the `run.retried` with which it begins again on what it keeps. */
  constructor(
    id: string,
    blueprint: WorkflowBlueprint,
    started: RunStarted,
    inspector: Inspector | null = null,
    keeping: Keeping | null = keptAtStart(started),
  ) {
    const hooks = exchangeHooks(
      () => this.state,
      () => this.#system,
    );
    this.state = openRunState(id, blueprint, started, keeping, hooks);
    const { root } = this.state;
    this.#system = createRunSystem(new RunVerbs(this.state), this.state.clock, { scope: '', handlers: handlerRule(blueprint) }, inspector);
    root.actor = this.#system.root;
  }

  /** How the workflow was settled, or null while it runs. */
  get ended(): WorkflowSettled | null {
    return this.#ended;
  }

  get status(): RunStatus {
    if (this.#ended !== null) return this.#ended.outcome;
    return this.state.slots.held ? 'paused' : 'running';
  }

  /** When the run wants to be woken, ms, or null. */
  nextDue(): number | null {
    return this.#ended === null ? this.state.clock.nextDue() : null;
  }

  /**
   * Takes a fact in and returns the effects it caused. Facts about attempts that are no longer in flight are counted and change nothing.
   * Throws INTERNAL when an actor broke: the run must then be discarded and folded again.
   */
  deliver(fact: Fact): Effect[] {
    const { state } = this;
    state.outbox = [];
    if (state.retrying.length > 0) state.retrying = [];
    if (state.settled.length > 0) state.settled = [];
    if (state.coordination !== undefined && state.coordination.length > 0) state.coordination = [];
    if (fact.type === 'run.recovered') this.#standStill(fact);
    else {
      state.clock.advanceTo(fact.at, this.#settle);
      this.#apply(fact);
    }
    this.#settle();
    if (state.takingOver) this.#goOn();
    const broken = this.#system.broken();
    if (broken !== null)
      throw new TroupeError('INTERNAL', `run ${state.id} broke on ${fact.type}: ${errorData(broken).message}`, { cause: broken });
    if (this.#ended === null) this.#noteEnd();
    deliverMessages(state);
    state.checkpoints.facts++;
    return state.outbox;
  }

  /** Lets everything happen that what has happened brings with it. */
  readonly #settle = (): void => {
    const { state } = this;
    do {
      for (const birth of state.births) birth();
      state.births = [];
      if (state.budget !== null && state.budget.line.size > 0) serveClaims(state);
      state.slots.offer();
      if (state.births.length === 0 && state.watching.open.size > 0) judgeWaits(state);
    } while (state.births.length > 0);
  };

  /** First everything that is kept takes its place, and only then somebody is asked to do what is left. */
  #takeOver(): void {
    const { state } = this;
    state.takingOver = state.keeping !== null;
    giveAgain(state);
    if (state.takingOver) state.slots.hold();
    this.#system.start();
  }

  #goOn(): void {
    const { state } = this;
    state.takingOver = false;
    forgetEntries(state);
    state.slots.release();
    this.#settle();
  }

  #apply(fact: Fact): void {
    const { state } = this;
    switch (fact.type) {
      case 'run.started':
      case 'run.retried':
        this.#takeOver();
        return;
      case 'task.completed':
        this.#toAttempt(fact, completionOf(state, fact), true);
        return;
      case 'task.failed':
        this.#toAttempt(fact, { type: fact.type, attempt: fact.attempt, error: fact.error, thrown: fact.thrown }, true);
        return;
      case 'validation.failure':
        this.#toAttempt(fact, failureOf(fact), true);
        return;
      case 'task.progressed':
        this.#progressed(fact);
        return;
      case 'message.sent':
        if (fact.message.again !== undefined) state.letters.sentAgain.set(fact.message.again, fact.message.id);
        if (takeMessage(state, frozen(fact.message)) === 'late') state.lateFacts++;
        return;
      case 'agent.chosen':
        state.chosen.set(fact.step, frozen(fact));
        return;
      case 'task.held_back':
        state.heldBack.set(fact.step, fact);
        return;
      case 'budget.raised':
        raiseBudgets(state, fact.budget);
        return;
      case 'letter.dropped':
        state.letters.dropped.set(fact.letter, { by: fact.by, reason: fact.reason, at: fact.at });
        return;
      case 'task.queued':
      case 'task.started':
        this.#toAttempt(fact, { type: fact.type, attempt: fact.attempt }, false);
        return;
      case 'signal.received':
        deliverSignal(state, fact.name, frozen(fact.payload));
        return;
      case 'approval.answered':
      case 'approval.delegated':
        hearPeople(state, frozen(fact));
        return;
      case 'run.cancel_requested':
        if (fact.force === true) cutSagasShort(state, fact.reason);
        // It may have ended in the same moment.
        tellLive(this.#system.root, { type: 'cancel', reason: fact.reason });
        return;
      case 'run.paused':
        tellLive(this.#system.root, { type: fact.type });
        return;
      case 'run.resumed':
        tellLive(this.#system.root, { type: fact.type });
        if (!state.slots.held) this.#moveOn();
        return;
      case 'timer.due':
      case 'run.recovered':
      case 'definition.adopted':
        return;
    }
  }

  /**
   * While no host was there nobody worked: the deadlines of interrupted attempts, and of those that a timer of that time began, stand still
   * until now. All other timers count from when they were armed.
   */
  #standStill(fact: RunRecovered): void {
    const { state } = this;
    const halted = new Set<string>();
    const waiting = [...state.inFlight].filter(([, { step }]) => this.#isQueued(step));
    state.neverBegun = new Set(waiting.map(([id]) => id));
    const halt = () => {
      for (const [id, { step, attempt }] of state.inFlight) {
        if (halted.has(id)) continue;
        halted.add(id);
        state.steps.get(step)?.actor.send({ type: 'task.queued', attempt });
      }
    };
    halt();
    state.clock.advanceTo(fact.at, () => {
      this.#settle();
      halt();
    });
    state.halted = [...state.inFlight.values()];
    if (!state.slots.held) this.#moveOn();
  }

  #isQueued(path: string): boolean {
    const actor = this.state.steps.get(path)?.actor;
    return actor !== undefined && stateOf(actor) === 'queued';
  }

  /** Deadlines that stood still begin anew. */
  #moveOn(): void {
    for (const { step, attempt } of this.state.halted.splice(0)) this.state.steps.get(step)?.actor.send({ type: 'task.started', attempt });
  }

  #toAttempt(fact: { step: string; attempt: number; usage?: Usage }, event: StepEvent, ends: boolean): void {
    const id = attemptId(fact.step, fact.attempt);
    if (ends) settleUsage(this.state, id, fact.usage);
    const step = this.state.steps.get(fact.step);
    if (step === undefined || !this.state.inFlight.has(id)) {
      this.state.lateFacts++;
      return;
    }
    if (ends) {
      this.state.inFlight.delete(id);
      attemptEnded(this.state, fact.step, fact.attempt);
    }
    step.actor.send(event);
  }

  /** How far an attempt is; sync points that wait for just that are told. */
  #progressed({ step: path, attempt, percent, phase, blocked }: TaskProgressed): void {
    const { state } = this;
    const step = state.steps.get(path);
    if (step === undefined || !state.inFlight.has(attemptId(path, attempt))) {
      state.lateFacts++;
      return;
    }
    state.progress.set(path, { percent, phase, blocked });
    const { blueprint, live } = step.group;
    for (const at of blueprint.meetings?.[step.member] ?? []) {
      const point = live.get(at);
      const definition = point?.blueprint.step;
      if (point !== undefined && definition?.kind === 'sync' && hasPassed(definition, percent)) arriveAt(point, path, null);
    }
  }

  #noteEnd(): void {
    const settled = this.#system.settled();
    if (settled === null) return;
    const { outcome: status, outputs, error, thrown } = settled;
    // The engine names a failed step only when the step reported its failure itself.
    const nameless = thrown && this.state.root.blueprint.workflow.compat === 'engine';
    this.#ended = { ...settled, failedStep: nameless ? null : settled.failedStep };
    exchangeEnded(this.state);
    this.state.outbox.push({ type: 'run.end', status, outputs, error, failedStep: this.#ended.failedStep });
  }
}
