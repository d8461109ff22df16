/** What happens in a run, one line each: `12:03:04  implementation  completed  attempt 2  3.1 s`. */
import { type CoordinationEvent, isJsonObject, type RunEvent } from '../../index.ts';
import { padRight } from '../text/display-width.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { clockTime, spanText } from '../text/time-text.ts';
import { approvalText } from './approval-text.ts';
import { tokensOnTop } from './budget-lines.ts';
import { recoveryText } from './recovery-lines.ts';
import { paintByState } from './state-words.ts';
import { undoingLines } from './undoing-lines.ts';

/** Stands in the place of a step where something happens to the run. */
const RUN = '(run)';
const WORD_WIDTH = 'completed'.length;

interface Transition {
  readonly step: string;
  readonly word: string;
  /** Decides the colour. */
  readonly state: string;
  readonly details: readonly string[];
}

/** The line of an event; null for what is no transition (chatter of agents). `stepWidth` lines the columns up. */
export function transitionLine(event: RunEvent, stepWidth: number, paint: Paint): string | null {
  const transition = transitionOf(event);
  if (transition === null) return null;
  const { step, word, state, details } = transition;
  const tail = details.filter((detail) => detail !== '');
  const padded = tail.length === 0 ? word : padRight(word, Math.max(WORD_WIDTH, word.length));
  return [
    paint.dim(clockTime(event.at)),
    padRight(oneLine(step), Math.max(RUN.length, stepWidth)),
    paintByState(paint, state, padded),
    ...tail,
  ].join('  ');
}

const RECOVERY_WORDS = {
  begun: 'recovering',
  recovered: 'recovered',
  failed: 'in vain',
  cancelled: 'left',
  exhausted: 'given up',
} as const;

function transitionOf(event: RunEvent): Transition | null {
  switch (event.type) {
    case 'run.started':
      return { step: RUN, word: 'started', state: 'running', details: [oneLine(event.workflow), event.run, forked(event)] };
    case 'run.retried':
      return { step: RUN, word: 'goes on', state: 'running', details: [again(event.again)] };
    case 'definition.adopted':
      return { step: RUN, word: 'adopted', state: 'running', details: [`definition ${event.definition.slice(0, 12)}`] };
    case 'run.recovered':
      return { step: RUN, word: 'resumed', state: 'running', details: [again(event.interrupted)] };
    case 'run.paused':
      return { step: RUN, word: 'paused', state: 'paused', details: [] };
    case 'run.resumed':
      return { step: RUN, word: 'unpaused', state: 'running', details: [] };
    case 'budget.raised':
      return { step: RUN, word: 'given more', state: 'running', details: [tokensOnTop(event.budget)] };
    case 'run.cancelling':
      return { step: RUN, word: 'cancelling', state: 'cancelling', details: [oneLine(event.reason)] };
    case 'signal.received':
      return { step: RUN, word: 'signal', state: 'running', details: [oneLine(event.name)] };
    case 'run.trouble':
      return { step: RUN, word: 'trouble', state: 'failed', details: [`${event.error.code}: ${oneLine(event.error.message)}`] };
    case 'run.ended':
      return { step: RUN, word: event.status, state: event.status, details: [oneLine(event.error?.message ?? '')] };
    case 'task.started':
      return { step: event.step, word: 'started', state: 'attempting', details: [oneLine(event.persona ?? ''), attempt(event.attempt)] };
    case 'agent.chosen':
      return {
        step: event.step,
        word: 'given',
        state: 'attempting',
        details: [`${oneLine(event.agent)}, of ${event.among}`, attempt(event.attempt)],
      };
    case 'task.held_back':
      return { step: event.step, word: 'held back', state: 'queued', details: [`lacks ${oneLine(event.why)}`, attempt(event.attempt)] };
    case 'task.queued':
      return { step: event.step, word: 'queued', state: 'queued', details: [attempt(event.attempt)] };
    case 'task.late':
      return {
        step: event.step,
        word: 'late',
        state: 'skipped',
        details: [`a result of attempt ${event.attempt} came too late and was not applied`],
      };
    case 'saga.settled':
      return {
        step: event.saga === '(root)' ? RUN : event.saga,
        word: 'undone',
        state: event.notUndone.length === 0 ? 'completed' : 'failed',
        details: undoingLines(event),
      };
    case 'approval':
      return { step: event.entry.step, word: event.entry.what, state: 'asked', details: [approvalText(event.entry)] };
    case 'recovery': {
      const { note } = event;
      return { step: note.step, word: RECOVERY_WORDS[note.what], state: 'recovering', details: [recoveryText(note)] };
    }
    case 'task.progress':
      return null;
    case 'message.undelivered': {
      const { message, reason } = event;
      return {
        step: message.from,
        word: 'unheard',
        state: 'skipped',
        details: [`a message to ${oneLine(message.to)}: ${oneLine(reason)}`],
      };
    }
    case 'letter.dropped':
      return { step: event.letter, word: 'dropped', state: 'skipped', details: [`by ${oneLine(event.by)}`, oneLine(event.reason ?? '')] };
    case 'coordination':
      return coordinationOf(event.event);
    case 'step.retrying':
      return {
        step: event.step,
        word: 'retrying',
        state: 'backingOff',
        details: [
          `attempt ${event.attempt} failed: ${oneLine(event.error?.message ?? 'no reason given')}; again in ${spanText(event.dueAt - event.at)}`,
        ],
      };
    case 'step.settled':
      return { step: event.step, word: event.outcome, state: event.outcome, details: settled(event) };
  }
}

function forked({ origin, kept = [] }: Extract<RunEvent, { type: 'run.started' }>): string {
  return origin === undefined ? '' : `fork of ${origin.run} after fact ${origin.at}, kept: ${kept.length}`;
}

/** Of coordination only what no other line says. */
function coordinationOf({ type, source, data }: CoordinationEvent): Transition | null {
  const { blocked, keys } = isJsonObject(data) ? data : {};
  if (type === 'agent.blocked') return { step: source, word: 'blocked', state: 'paused', details: [oneLine(String(blocked))] };
  if (type !== 'conflict.detected') return null;
  return { step: source, word: 'conflict', state: 'paused', details: [Array.isArray(keys) ? `over ${oneLine(keys.join(', '))}` : ''] };
}

function settled(event: Extract<RunEvent, { type: 'step.settled' }>): string[] {
  const { attempts, startedAt, at, outcome, error, failure, reason } = event;
  const worked = startedAt !== null && attempts > 0;
  const why = outcome === 'completed' ? '' : error === null ? (reason ?? '') : `${error.code}: ${error.message}`;
  const kind = failure === null ? '' : `(${failure.kind})`;
  return [attempt(attempts), worked ? spanText(at - startedAt) : '', oneLine(why), kind];
}

const attempt = (n: number): string => (n > 1 ? `attempt ${n}` : '');

function again(interrupted: readonly string[]): string {
  return interrupted.length === 0 ? '' : `again: ${interrupted.map(oneLine).join(', ')}`;
}
