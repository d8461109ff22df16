import type { Json } from '../protocol/json.ts';
import { builtBase, type ReadText, template } from './builder-base.ts';
import type { StepList } from './builder-list.ts';
import type { ConditionOption, Known, Schema, StepOptions } from './builder-options.ts';
import { refused } from './builder-refusal.ts';
import { builtCondition, fromScope } from './builder-scope.ts';
import { builtDuration, type DurationOption } from './builder-timing.ts';
import { isMeantAsMoment, momentMs } from './moment.ts';
import { quoted } from './printable.ts';
import { expressionOf } from './reference.ts';
import type { SignalStep, SleepStep } from './workflow.ts';

/** What a wait for a signal may say. */
export interface SignalOptions<K extends Known, Output extends Schema> extends StepOptions<K> {
  /** Name of the signal, taken as written. Default: the step's id. */
  readonly signal?: string;
  /** The signal is not waited for any more once this holds. */
  readonly until?: ConditionOption<K>;
  readonly timeout?: DurationOption;
  /** The type of the signal's payload. For the types only: a payload is not checked. */
  readonly output?: Output;
}

/** What a sleep may say: how long, until when, or until what. */
export interface SleepOptions<K extends Known> extends StepOptions<K> {
  /** How long, at most. */
  readonly for?: DurationOption;
  /**
   * A moment: a date, ms since the epoch, a timestamp with its zone, or, without `for`, a reference to one of these. Or a condition, which
   * needs `for`: judged at the beginning, and whenever a step of the run has ended.
   */
  readonly until?: Date | number | ConditionOption<K>;
}

/** What a sleep gives. */
export interface Awakening {
  readonly woken_by: 'time' | 'condition';
}

/** A wait for a signal from outside. Throws DEFINITION_INVALID for a name that is not known before the run. */
export function builtSignal<K extends Known>(list: StepList, id: string, options: SignalOptions<K, Schema>): SignalStep {
  const { signal = id, timeout } = options;
  if (signal.includes('{{')) {
    const hint = 'give the signal one name; what differs from run to run goes into its payload';
    throw refused('VALUE_UNKNOWN', `the name of a signal is taken as written: ${quoted(signal)} cannot hold a template`, hint);
  }
  const until = options.until === undefined ? undefined : builtCondition(list, options.until, `"until" of "${id}"`);
  return {
    ...builtBase(list, id, 'wait-for-signal', options),
    kind: 'signal',
    signal,
    ...(until === undefined ? {} : { until }),
    ...(timeout === undefined ? {} : { timeout: builtDuration(timeout) }),
  };
}

/** A sleep. Throws DEFINITION_INVALID where nothing would end it, or two things at odds would. */
export function builtSleep<K extends Known>(list: StepList, id: string, options: SleepOptions<K>): SleepStep {
  const { for: lasts, until } = options;
  if (lasts === undefined && until === undefined) {
    throw refused('KEY_MISSING', `the sleep "${id}" needs "for" or "until"`, 'write for: "30m", or "until" with a moment or a condition');
  }
  const { end, texts } = until === undefined ? { end: {}, texts: [] } : builtEnd(list, id, until, lasts !== undefined);
  if ('moment' in end && lasts !== undefined) {
    throw refused('DECLARATION_CONFLICT', `the sleep "${id}" until a moment cannot have a length, too`, 'give one of "for" and "until"');
  }
  if ('until' in end && lasts === undefined) {
    throw refused('KEY_MISSING', `the sleep "${id}" until something holds needs "for"`, 'write how long to wait for it at most: for: "1h"');
  }
  return {
    ...builtBase(list, id, 'sleep', options, { texts }),
    kind: 'sleep',
    ...(lasts === undefined ? {} : { for: builtDuration(lasts) }),
    ...end,
  };
}

interface End {
  readonly end: Pick<SleepStep, 'moment'> | Pick<SleepStep, 'until'>;
  readonly texts: readonly ReadText[];
}

/** What a moment is read off must be there before. A condition is about what happens meanwhile: whatever it reads is not waited for. */
function builtEnd<K extends Known>(list: StepList, id: string, until: NonNullable<SleepOptions<K>['until']>, hasLength: boolean): End {
  if (until instanceof Date || typeof until === 'number') return momentOf(id, until instanceof Date ? until.getTime() : until);
  const given = fromScope<K, unknown>(list, until as never);
  const expression = expressionOf(given);
  if (expression !== null && !hasLength)
    return { end: { moment: { template: `{{${expression}}}` } }, texts: [template(`{{${expression}}}`)] };
  if (typeof given === 'string' && isMeantAsMoment(given)) {
    return given.includes('{{') ? { end: { moment: { template: given } }, texts: [template(given)] } : momentOf(id, given);
  }
  const condition = builtCondition<K>(list, until as ConditionOption<K>, `"until" of "${id}"`);
  return { end: { until: condition }, texts: [] };
}

function momentOf(id: string, value: Json): End {
  const moment = momentMs(value);
  if (moment !== null) return { end: { moment }, texts: [] };
  const hint = 'give a date, ms since the epoch, or a timestamp with its zone, such as "2027-01-31T09:00:00Z"';
  throw refused('VALUE_UNKNOWN', `"until" of "${id}" is not a moment: ${typeof value === 'string' ? quoted(value) : String(value)}`, hint);
}
