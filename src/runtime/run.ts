/**
 * A run: the fold over a journal. Facts go in with their time, effects come out with stable ids; nothing in here reads a clock, rolls
 * dice, touches a file or awaits a promise. Delivering the same facts in the same order rebuilds the same run, which is how it is
 * recovered, replayed and tested. The run does not know its host.
 */
import type { Decision, RunPort } from '../machines/run-port.ts';
import type { StepEvent } from '../machines/step.ts';
import type { WorkflowBlueprint } from '../planning/blueprint.ts';
import type { Effect } from '../protocol/effects.ts';
import { type ErrorData, errorData, TroupeError } from '../protocol/errors.ts';
import type { Fact, RunRecovered, RunStarted } from '../protocol/facts.ts';
import { frozen } from '../protocol/frozen.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Json } from '../protocol/json.ts';
import type { GroupSettled, StepSettled, WorkflowSettled } from '../protocol/messages.ts';
import type { RunStatus } from '../protocol/outcomes.ts';
import { createRunSystem, type Inspector, type RunSystem, stateOf } from './actor-system.ts';
import { deliverSignal, listen, requestAttempt, requestSlot, withdrawAttempt, yieldSlot } from './attempts.ts';
import { handlerRule, openBody, openHandlers, openRoot } from './bodies.ts';
import { launchReady } from './launch.ts';
import type { LiveGroup, LiveStep, RunScope, RunState } from './run-state.ts';
import { openScope } from './scope.ts';
import { arrived, endMembers } from './settle.ts';
import { Slots } from './slots.ts';
import { StepClock } from './step-clock.ts';

export class Run implements RunPort {
  readonly state: RunState;
  readonly #system: RunSystem;
  #ended: WorkflowSettled | null = null;

  /** A run as it stands before its first fact, `started`, is delivered. */
  constructor(id: string, blueprint: WorkflowBlueprint, started: RunStarted, inspector: Inspector | null = null) {
    const root = openScope('', blueprint, frozen({ ...started.input, ...started.variables }), null);
    this.state = {
      id,
      seed: started.seed,
      clock: new StepClock(started.at),
      slots: new Slots(started.maxConcurrency ?? Number.POSITIVE_INFINITY),
      root,
      scopes: new Map([['', root]]),
      groups: new Map(),
      steps: new Map(),
      records: new Map(),
      history: [],
      inFlight: new Map(),
      signals: new Map(),
      listening: new Map(),
      births: [],
      outbox: [],
      retrying: [],
      granted: null,
      halted: [],
      neverBegun: new Set(),
      lateFacts: 0,
    };
    this.#system = createRunSystem(this, this.state.clock, { scope: '', handlers: handlerRule(blueprint) }, inspector);
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
    if (fact.type === 'run.recovered') this.#standStill(fact);
    else {
      state.clock.advanceTo(fact.at, this.#settle);
      this.#apply(fact);
    }
    this.#settle();
    const broken = this.#system.broken();
    if (broken !== null)
      throw new TroupeError('INTERNAL', `run ${state.id} broke on ${fact.type}: ${errorData(broken).message}`, { cause: broken });
    if (this.#ended === null) this.#noteEnd();
    return state.outbox;
  }

  /** Lets everything happen that what has happened brings with it. */
  readonly #settle = (): void => {
    const { state } = this;
    do {
      for (const birth of state.births) birth();
      state.births = [];
      state.slots.offer();
    } while (state.births.length > 0);
  };

  #apply(fact: Fact): void {
    const { state } = this;
    switch (fact.type) {
      case 'run.started':
        this.#system.start();
        return;
      case 'task.completed':
        this.#toAttempt(
          fact,
          { type: fact.type, attempt: fact.attempt, output: frozen(fact.output), variables: frozen(fact.variables ?? null) },
          true,
        );
        return;
      case 'task.failed':
        this.#toAttempt(fact, { type: fact.type, attempt: fact.attempt, error: fact.error, thrown: fact.thrown }, true);
        return;
      case 'task.queued':
      case 'task.started':
        this.#toAttempt(fact, { type: fact.type, attempt: fact.attempt }, false);
        return;
      case 'signal.received':
        deliverSignal(state, fact.name, frozen(fact.payload));
        return;
      case 'run.cancel_requested':
        this.#system.root.send({ type: 'cancel', reason: fact.reason });
        return;
      case 'run.paused':
        this.#system.root.send({ type: fact.type });
        return;
      case 'run.resumed':
        this.#system.root.send({ type: fact.type });
        if (!state.slots.held) this.#moveOn();
        return;
      case 'timer.due':
      case 'run.recovered':
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

  #toAttempt(fact: { step: string; attempt: number }, event: StepEvent, ends: boolean): void {
    const id = attemptId(fact.step, fact.attempt);
    const step = this.state.steps.get(fact.step);
    if (step === undefined || !this.state.inFlight.has(id)) {
      this.state.lateFacts++;
      return;
    }
    if (ends) this.state.inFlight.delete(id);
    step.actor.send(event);
  }

  #noteEnd(): void {
    const settled = this.#system.settled();
    if (settled === null) return;
    const { outcome: status, outputs, error, thrown } = settled;
    // The engine names a failed step only when the step reported its failure itself.
    const nameless = thrown && this.state.root.blueprint.workflow.compat === 'engine';
    this.#ended = { ...settled, failedStep: nameless ? null : settled.failedStep };
    this.state.outbox.push({ type: 'run.end', status, outputs, error, failedStep: this.#ended.failedStep });
  }

  #step(path: string): LiveStep {
    const step = this.state.steps.get(path);
    if (step === undefined) throw new TroupeError('INTERNAL', `step ${path} is not live`);
    return step;
  }

  #group(path: string): LiveGroup {
    const group = this.state.groups.get(path);
    if (group === undefined) throw new TroupeError('INTERNAL', `group ${path} is not live`);
    return group;
  }

  #scope(prefix: string): RunScope {
    const scope = this.state.scopes.get(prefix);
    if (scope === undefined) throw new TroupeError('INTERNAL', `scope ${prefix} is not live`);
    return scope;
  }

  launchReady(group: string): void {
    launchReady(this.state, this.#group(group));
  }

  arrived(group: string, settled: StepSettled): readonly StepSettled[] {
    return arrived(this.state, this.#group(group), settled);
  }

  endMembers(group: string, outcome: 'cancelled' | 'skipped', reason: string): readonly StepSettled[] {
    return endMembers(this.state, this.#group(group), outcome, reason);
  }

  requestSlot(step: string): void {
    requestSlot(this.state, this.#step(step));
  }

  yieldSlot(step: string, retry: { attempt: number; error: ErrorData | null; waitMs: number }): void {
    yieldSlot(this.state, this.#step(step), retry);
  }

  requestAttempt(step: string, attempt: number, timeoutMs: number | null): void {
    requestAttempt(this.state, this.#step(step), attempt, timeoutMs);
  }

  withdrawAttempt(step: string, attempt: number, reason: string): void {
    withdrawAttempt(this.state, step, attempt, reason);
  }

  listen(step: string): void {
    listen(this.state, this.#step(step));
  }

  openBody(step: string): void {
    const opening = this.#step(step);
    this.state.births.push(() => openBody(this.state, opening));
  }

  cancelBody(step: string, reason: string): void {
    this.#step(step).body?.actor?.send({ type: 'cancel', reason });
  }

  executeSync(): void {}
  leaveSync(): void {}
  openVoters(): void {}
  countVotes(): Decision {
    return { kind: 'undecided', reason: '' };
  }
  openJudge(): void {}
  decide(_step: string, answer: Json): Decision {
    return { kind: 'decided', output: answer };
  }
  tryRung(): void {}
  leaveRung(): void {}
  expireRequest(): void {}

  openRoot(scope: string): void {
    this.state.births.push(() => openRoot(this.state, this.#scope(scope)));
  }

  openHandlers(scope: string, settled: GroupSettled): void {
    this.state.births.push(() => openHandlers(this.state, this.#scope(scope), settled));
  }

  cancelRoot(scope: string, reason: string): void {
    this.#scope(scope).group?.actor.send({ type: 'cancel', reason });
  }

  hold(): void {
    this.state.slots.hold();
  }

  release(): void {
    this.state.slots.release();
  }

  conclude(scope: string): { outputs: Json; error: ErrorData | null } {
    const { blueprint, nestedIn, steps, variables } = this.#scope(scope);
    try {
      const own = blueprint.outputs?.({ steps, variables });
      const added = nestedIn?.nestedOutputs?.({ steps, variables });
      // Nothing writes to the outputs by step any more: they may be handed out.
      const outputs = own ?? (Object.freeze(steps) as Json);
      return { outputs: frozen(added === undefined ? outputs : { ...(outputs as object), ...(added as object) }), error: null };
    } catch (thrown) {
      return { outputs: null, error: { ...errorData(thrown, 'TEMPLATE_FAILED'), retryable: false } };
    }
  }
}
