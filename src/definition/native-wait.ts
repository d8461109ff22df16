import type { DurationSpec } from './attempt-timing.ts';
import { isMeantAsMoment, momentMs } from './moment.ts';
import { conditionOf, type Entries, given, textOf } from './native-entries.ts';
import type { NativeBase } from './native-place.ts';
import { readDuration, readTimeout } from './native-timing.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import type { SignalStep, SleepStep } from './workflow.ts';

/** Reads a wait for a signal. */
export function readSignalWait(base: NativeBase, data: Entries, node: SourceNode, reading: Reading): SignalStep {
  const signal = textOf(data.signal) ?? '';
  if (signal.includes('{{')) {
    // Whoever sends a signal must know its name before the run does.
    const message = `the name of a signal is taken as written: ${quoted(signal)} cannot hold a template`;
    const hint = 'give the signal one name; what differs from run to run goes into its payload';
    report(reading, node, ['signal'], { code: 'VALUE_UNKNOWN', message, hint });
  }
  return { ...base, kind: 'signal', signal, ...given({ until: conditionOf(data.until), timeout: readTimeout(data, node, [], reading) }) };
}

/** Reads a sleep: `for`, `until` a moment, or `until` a condition and `for` at most. */
export function readSleep(base: NativeBase, data: Entries, node: SourceNode, reading: Reading): SleepStep {
  const { until } = data;
  const lasts = data.for === undefined ? undefined : readDuration(data.for, node, ['for'], reading);
  const isMoment = typeof until === 'number' || (typeof until === 'string' && isMeantAsMoment(until));
  if (until === undefined && data.for === undefined) {
    const hint = 'write "for: 30m", or "until" with a moment or a condition';
    report(reading, node, [], { code: 'KEY_MISSING', message: 'a sleep needs "for" or "until"', hint });
  } else if (isMoment && data.for !== undefined) {
    const message = 'a sleep until a moment cannot have a length, too';
    report(reading, node, ['for'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'give one of "for" and "until"' });
  } else if (until !== undefined && !isMoment && data.for === undefined) {
    const hint = 'write how long to wait for it at most: "for: 1h"';
    report(reading, node, ['until'], { code: 'KEY_MISSING', message: 'a sleep until something holds needs "for"', hint });
  }
  const ends: {
    readonly for?: DurationSpec | undefined;
    readonly moment?: SleepStep['moment'] | undefined;
    readonly until?: string | undefined;
  } = isMoment ? { moment: readMoment(until, node, reading) } : { for: lasts, until: conditionOf(until) };
  return { ...base, kind: 'sleep', ...given(ends) };
}

function readMoment(value: string | number, node: SourceNode, reading: Reading): SleepStep['moment'] | undefined {
  if (typeof value === 'string' && value.includes('{{')) return { template: value };
  const ms = momentMs(value);
  if (ms !== null) return ms;
  report(reading, node, ['until'], {
    code: 'VALUE_UNKNOWN',
    message: `"until" is not a moment: ${typeof value === 'string' ? quoted(value) : value}`,
    hint: 'write a timestamp with its zone, such as "2027-01-31T09:00:00Z" or "2027-01-31T09:00:00+01:00", or a date',
  });
  return undefined;
}
