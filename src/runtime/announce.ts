/** Turning a delivered fact and what it caused into events for observers. */
import { classify } from '../policy/failure-class.ts';
import type { Effect } from '../protocol/effects.ts';
import type { Fact } from '../protocol/facts.ts';
import { tellingsOf } from './coordination-events.ts';
import { numbered } from './coordination-log.ts';
import type { Run } from './run.ts';
import type { RunEvent } from './run-event.ts';
import type { RunState } from './run-state.ts';
import { failureOnRecord, type StepRecord } from './step-record.ts';

/** What a run had told before a delivery. */
export interface Mark {
  readonly late: number;
  readonly letters: number;
  readonly asked: number;
  readonly recoveries: number;
  readonly sagas: number;
}

/** Marks how far a run has told. */
export function markOf({ state }: Run): Mark {
  return {
    late: state.lateFacts,
    letters: state.exchange.deadLetters.length,
    asked: state.approvals.log.length,
    recoveries: state.recovery.log.length,
    sagas: state.sagas.ended.length,
  };
}

/** One delivery: the number of its batch, its fact, the effects it caused, and what had been told before it. */
export interface Delivery {
  readonly n: number;
  readonly fact: Fact;
  readonly effects: readonly Effect[];
  readonly before: Mark;
}

/** The events of one delivery; with those of coordination where somebody wants them. */
export function eventsOf(run: Run, { n, fact, effects, before }: Delivery, coordination: boolean): RunEvent[] {
  const { state } = run;
  const at = state.clock.now();
  const about = { run: state.id, at };
  const events: RunEvent[] = [];
  const told = eventOfFact(run, about, fact);
  if (told !== null) events.push(told);
  const asked = questions(run, about, before);
  // What is said to a question is told before what came of it, a new question after what has led to it.
  events.push(...asked.filter(({ entry }) => entry.what !== 'asked'), ...tried(run, about, before));
  const isLate = state.lateFacts > before.late;
  if (isLate && 'attempt' in fact) events.push({ type: 'task.late', ...about, step: fact.step, attempt: fact.attempt });
  const takesOver = fact.type === 'run.started' || fact.type === 'run.retried' ? state.keeping : null;
  // What stands is no news.
  const news = state.settled.filter(([step]) => takesOver?.steps.has(step) !== true);
  events.push(...news.map(([step, record]) => settled(about, step, record)));
  events.push(...asked.filter(({ entry }) => entry.what === 'asked'));
  for (const settled of state.sagas.ended.slice(before.sagas)) events.push({ type: 'saga.settled', ...about, ...settled });
  events.push(...state.retrying.map((failed) => retrying(about, failed)));
  const tellings = coordination ? tellingsOf(state, fact, effects, isLate) : [];
  const coordinated = numbered(state.id, n, at, tellings).map((event): RunEvent => ({ type: 'coordination', ...about, event }));
  // What begins is told after what brought it about.
  const begins = effects.filter(({ type }) => type === 'task.start').length;
  if (coordination) events.push(...coordinated.slice(0, coordinated.length - begins));
  const ends: RunEvent[] = [];
  for (const effect of effects) {
    if (effect.type === 'task.start') {
      const { step, attempt, persona } = effect.task;
      events.push({ type: 'task.started', ...about, step, attempt, persona });
    } else if (effect.type === 'run.end') {
      ends.push({ type: 'run.ended', ...about, status: effect.status, error: effect.error, failedStep: effect.failedStep });
    }
  }
  for (const { message, reason } of state.exchange.deadLetters.slice(before.letters)) {
    events.push({ type: 'message.undelivered', ...about, message, reason });
  }
  if (coordination) events.push(...coordinated.slice(coordinated.length - begins));
  return [...events, ...ends];
}

interface About {
  readonly run: string;
  readonly at: number;
}

function settled(about: About, step: string, record: StepRecord): RunEvent {
  const { outcome, attempts, startedAt, error, reason } = record;
  return { type: 'step.settled', ...about, step, outcome, attempts, startedAt, error, failure: failureOnRecord(record), reason };
}

function retrying(about: About, { step, attempt, error, thrown, dueAt }: RunState['retrying'][number]): RunEvent {
  const failure = error === null ? null : classify(error, thrown);
  return { type: 'step.retrying', ...about, step, attempt, error, failure, dueAt };
}

/** What was put on record of questions to people. */
function questions({ state }: Run, about: About, before: Mark): Extract<RunEvent, { type: 'approval' }>[] {
  return state.approvals.log.slice(before.asked).map((entry) => ({ type: 'approval', ...about, entry }));
}

/** What was put on record of recoveries. */
function tried({ state }: Run, about: About, before: Mark): RunEvent[] {
  return state.recovery.log.slice(before.recoveries).map((note): RunEvent => ({ type: 'recovery', ...about, note }));
}

function eventOfFact({ state }: Run, about: About, fact: Fact): RunEvent | null {
  switch (fact.type) {
    case 'run.started':
      return {
        type: fact.type,
        ...about,
        workflow: fact.workflow,
        ...(fact.origin === undefined ? {} : { origin: fact.origin, kept: (fact.kept ?? []).map(({ step }) => step) }),
      };
    case 'run.retried':
      return { type: fact.type, ...about, again: fact.again };
    case 'budget.raised':
      return { type: fact.type, ...about, budget: fact.budget };
    case 'letter.dropped':
      return { type: fact.type, ...about, letter: fact.letter, by: fact.by, reason: fact.reason };
    case 'definition.adopted':
      return { type: fact.type, ...about, definition: fact.definition };
    case 'run.recovered':
      return { type: fact.type, ...about, interrupted: fact.interrupted };
    case 'run.paused':
    case 'run.resumed':
      return { type: fact.type, ...about };
    case 'run.cancel_requested':
      return { type: 'run.cancelling', ...about, reason: fact.reason };
    case 'signal.received':
      return { type: fact.type, ...about, name: fact.name };
    case 'task.started':
      return { type: fact.type, ...about, step: fact.step, attempt: fact.attempt, persona: state.steps.get(fact.step)?.persona ?? null };
    case 'agent.chosen': {
      const { step, attempt, agent, among, ranked } = fact;
      return { type: fact.type, ...about, step, attempt, agent, among, score: ranked[0]?.score.total ?? 0 };
    }
    case 'task.held_back':
      return { type: fact.type, ...about, step: fact.step, attempt: fact.attempt, why: fact.why };
    case 'task.queued':
      return { type: fact.type, ...about, step: fact.step, attempt: fact.attempt };
    default:
      return null;
  }
}
