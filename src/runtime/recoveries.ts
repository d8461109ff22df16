/** What steps and their recoveries ask of the run: what is tried is chosen, carried out and put on record here. */
import type { RecoveryStrategy } from '../definition/recovery-settings.ts';
import type { RecoveryPlan } from '../machines/recovery-port.ts';
import type { StepContext } from '../machines/step.ts';
import { classify } from '../policy/failure-class.ts';
import { chooseRecovery as choiceAmong, pauseMs, type RecoverySubject } from '../policy/recovery-choice.ts';
import type { ErrorData } from '../protocol/errors.ts';
import { contextOf, createRecovery, isLive, stateOf } from './actor-system.ts';
import { callBackBeginners, canReopen, fromThereOn, itself, nearestParallel, openAnew } from './beginning-anew.ts';
import { deskOf } from './desk.ts';
import { makeshiftFor } from './makeshifts.ts';
import { forgetGiven } from './message-receivers.ts';
import { type Beginners, type LiveRecovery, learnedSoFar, type RecoveryNote } from './recovery-book.ts';
import type { LiveStep, RunState } from './run-state.ts';

const UNTOLD: ErrorData = { code: 'AGENT_FAILED', message: 'it failed without saying why' };

/** A step has failed: its recovery begins, or hears that what it tried has failed. Meanwhile its room is others'. */
export function recover(state: RunState, step: LiveStep, told: ErrorData | null, thrown: boolean): void {
  if (step.holdsSlot) {
    step.holdsSlot = false;
    state.slots.giveBack();
  }
  const error = told ?? UNTOLD;
  state.births.push(() => {
    if (!isRecovering(state, step)) return;
    const open = state.recovery.live.get(step.path);
    if (open === undefined) {
      beginRecovery(state, step, error, thrown);
      return;
    }
    open.error = error;
    open.thrown = thrown;
    open.actor.send({ type: 'step.failed', error, thrown });
  });
}

function beginRecovery(state: RunState, { path, blueprint }: LiveStep, error: ErrorData, thrown: boolean): void {
  const actor = createRecovery(deskOf(state), { step: path });
  const recovery: LiveRecovery = {
    step: path,
    strategies: blueprint.step.recovery ?? [],
    actor,
    error,
    thrown,
    tried: null,
    strategy: null,
    back: null,
    question: null,
    askedAt: 0,
    given: null,
    restore: () => undefined,
    resume: () => callBackBeginners(state, recovery),
  };
  state.recovery.live.set(path, recovery);
  actor.start();
  actor.send({ type: 'step.failed', error, thrown });
}

const isRecovering = (state: RunState, step: LiveStep): boolean =>
  state.steps.get(step.path) === step && isLive(step.actor) && stateOf(step.actor) === 'recovering';

/** Chooses what is tried next, and puts it on record; null where nothing is left. */
export function chooseRecovery(state: RunState, recovery: LiveRecovery): RecoveryPlan | null {
  const { recovery: book, clock } = state;
  const { step: path, strategies, error, thrown } = recovery;
  const step = state.steps.get(path);
  if (step === undefined) return null;
  const used = book.used.get(path) ?? strategies.map(() => 0);
  const failure = classify(error, thrown);
  const subject = subjectOf(state, step, strategies);
  const choice = choiceAmong({ strategies, failure, used, subject, learned: learnedSoFar(book) });
  const strategy = choice === null ? undefined : strategies[choice.place];
  recovery.strategy = strategy ?? null;
  if (choice === null || strategy === undefined) return null;
  const before = used[choice.place] ?? 0;
  book.used.set(
    path,
    used.map((times, place) => (place === choice.place ? times + 1 : times)),
  );
  const { use, budget } = strategy;
  const persona = use === 'substitute_agent' ? (strategy.personas[before % strategy.personas.length] ?? null) : null;
  recovery.back = beginnersFor(state, step, strategy);
  recovery.given = null;
  recovery.tried = {
    at: clock.now(),
    step: path,
    what: 'begun',
    use,
    time: before + 1,
    budget,
    score: choice.score,
    persona,
    error,
    failure: failure.kind,
  };
  book.log.push(recovery.tried);
  return { use, pauseMs: pauseMs(strategy, before), startsAnew: recovery.back !== null };
}

function subjectOf(state: RunState, step: LiveStep, strategies: readonly RecoveryStrategy[]): RecoverySubject {
  const restarts = strategies.flatMap((strategy) => (strategy.use === 'restart' ? [fromThereOn(step, strategy)] : []));
  return {
    mayBeginAnew: canAttempt(step) || canReopen(step.group),
    isTask: step.blueprint.step.kind === 'task',
    mayFallBack: fallsBackItself(state, step) || nearestParallel(state, step) !== null,
    mayRestart: restarts.every((beginners) => beginners !== null),
  };
}

/** Whether a step is a parallel group whose members have not run one by one yet. */
function fallsBackItself({ recovery }: RunState, { path, group, blueprint: { step, members } }: LiveStep): boolean {
  return (members?.sideBySide === true || step.kind === 'map') && !recovery.inSequence.has(path) && canReopen(group);
}

/** Who is to begin anew; null where another attempt is enough. */
function beginnersFor(state: RunState, step: LiveStep, strategy: RecoveryStrategy): Beginners | null {
  switch (strategy.use) {
    case 'fall_back_sequential':
      return fallsBackItself(state, step) ? itself(step) : nearestParallel(state, step);
    case 'restart':
      return fromThereOn(step, strategy);
    default:
      return canAttempt(step) ? null : itself(step);
  }
}

/** A task that has been entered needs no more than another attempt; what is made up of others, or was refused, is entered again. */
function canAttempt({ blueprint, actor }: LiveStep): boolean {
  const { entry } = contextOf<StepContext>(actor).plan;
  return blueprint.step.kind === 'task' && entry !== 'refuse';
}

/** Lets a step make another attempt with a clean context: what the failed ones were told is not said again. */
export function attemptAgain(state: RunState, { step: path, tried }: LiveRecovery): void {
  state.births.push(() => {
    const step = state.steps.get(path);
    if (step === undefined || !isRecovering(state, step)) return;
    if (tried?.persona != null) step.persona = tried.persona;
    forgetGiven(state, path);
    step.actor.send({ type: 'recovery.attempt' });
  });
}

/** Calls those back who are to begin anew. */
export function callBackFor(state: RunState, recovery: LiveRecovery): void {
  const { strategy, step, back } = recovery;
  if (strategy?.use === 'fall_back_sequential' && back?.inSequence === false) state.recovery.inSequence.add(step);
  state.births.push(() => callBackBeginners(state, recovery));
}

/** Lets those who were called back begin anew. Whoever had to wait for that comes next. */
export function beginAnew(state: RunState, recovery: LiveRecovery): void {
  state.births.push(() => {
    openAnew(state, recovery);
    for (const { resume } of state.recovery.live.values()) state.births.push(resume);
  });
}

/** Lets a step complete with what takes the place of its result. */
export function makeshift(state: RunState, recovery: LiveRecovery): void {
  state.births.push(() => {
    const step = state.steps.get(recovery.step);
    if (step !== undefined && isRecovering(state, step)) step.actor.send(makeshiftFor(recovery, step));
  });
}

/** Lets a step fail for good: nothing is left to be tried. */
export function giveUp(state: RunState, recovery: LiveRecovery): void {
  const { step: path } = recovery;
  note(state, recovery, 'exhausted');
  state.recovery.live.delete(path);
  state.births.push(() => {
    const step = state.steps.get(path);
    if (step !== undefined && isRecovering(state, step)) step.actor.send({ type: 'recovery.exhausted' });
  });
}

/** Puts on record what became of what was tried last. */
export function closeRecovery(state: RunState, recovery: LiveRecovery, result: 'recovered' | 'failed' | 'cancelled'): void {
  note(state, recovery, result);
  if (result !== 'failed') state.recovery.live.delete(recovery.step);
}

function note(state: RunState, { step, tried, error, thrown }: LiveRecovery, what: RecoveryNote['what']): void {
  const nothing = { use: null, time: 0, budget: 0, score: 0, persona: null };
  const told =
    what === 'failed' || what === 'exhausted' ? { error, failure: classify(error, thrown).kind } : { error: null, failure: null };
  const about = what === 'exhausted' || tried === null ? nothing : tried;
  state.recovery.log.push({ ...about, ...told, at: state.clock.now(), step, what });
}
