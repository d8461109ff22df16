import type { Json } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { type DurationSpec, RETRY_SHAPE, type RetryPolicy } from './attempt-timing.ts';
import { durationMs } from './duration.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import type { RecoveryStrategy } from './recovery-settings.ts';
import type { SourceNode, SourcePath } from './source-node.ts';

/** What a step says about its attempts, or inherits. */
export interface Timing {
  readonly timeout?: DurationSpec;
  readonly retry?: RetryPolicy;
  /** Only inherited. */
  readonly recovery?: readonly RecoveryStrategy[];
}

/** The keys of a map that speak about time, already of the right shape. */
interface TimingData {
  readonly timeout?: Json | undefined;
  readonly timeout_ms?: Json | undefined;
  readonly retries?: unknown;
}

/** Seconds from here on look like milliseconds: more than a day for one attempt. */
const SUSPICIOUS_SECONDS = 100_000;
/** Milliseconds below this look like seconds. */
const SUSPICIOUS_MS = 1000;

/** Reads `timeout`, `timeout_ms` and `retries` of a map at `path` inside `node`; what is not given comes from `inherited`. */
export function readTiming(data: TimingData, node: SourceNode, path: SourcePath, reading: Reading, inherited: Timing): Timing {
  const timeout = readTimeout(data, node, path, reading) ?? inherited.timeout;
  const retry = readRetries(data.retries as Json | undefined, node, [...path, 'retries'], reading) ?? inherited.retry;
  const { recovery } = inherited;
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry === undefined ? {} : { retry }),
    ...(recovery === undefined ? {} : { recovery }),
  };
}

/** Reads `timeout` (seconds, text or template) or `timeout_ms`. */
export function readTimeout(data: TimingData, node: SourceNode, path: SourcePath, reading: Reading): DurationSpec | undefined {
  if (data.timeout !== undefined && data.timeout_ms !== undefined) {
    report(reading, node, [...path, 'timeout_ms'], {
      code: 'KEY_DUPLICATE',
      part: 'key',
      message: '"timeout" and "timeout_ms" are both given',
    });
  }
  if (data.timeout !== undefined) return readDuration(data.timeout, node, [...path, 'timeout'], reading);
  if (typeof data.timeout_ms !== 'number') return undefined;
  return warned(data.timeout_ms, 'ms', node, [...path, 'timeout_ms'], reading);
}

/** Reads a duration: seconds, text or template. */
export function readDuration(value: Json, node: SourceNode, path: SourcePath, reading: Reading): DurationSpec | undefined {
  if (typeof value === 'number') return warned(value, 's', node, path, reading);
  if (typeof value === 'string' && value.includes('{{')) return { template: value, unit: 's' };
  const ms = durationMs(value, 's');
  if (ms === null) invalid(value, node, path, reading);
  else if (ms === 0) report(reading, node, path, { code: 'VALUE_RANGE', message: `${label(path)} must be more than 0` });
  return ms === null || ms === 0 ? undefined : ms;
}

function warned(value: number, unit: 's' | 'ms', node: SourceNode, path: SourcePath, reading: Reading): number | undefined {
  const ms = durationMs(value, unit);
  if (ms === null) {
    invalid(value, node, path, reading);
    return undefined;
  }
  if (unit === 's' && value >= SUSPICIOUS_SECONDS) {
    const message = `${label(path)} is ${value} seconds: more than a day`;
    report(reading, node, path, {
      code: 'UNIT_SUSPICIOUS',
      severity: 'warning',
      message,
      hint: `milliseconds are written as "timeout_ms: ${value}"`,
    });
  } else if (unit === 'ms' && value < SUSPICIOUS_MS) {
    const message = `${label(path)} is ${value} milliseconds: less than a second`;
    report(reading, node, path, {
      code: 'UNIT_SUSPICIOUS',
      severity: 'warning',
      message,
      hint: `seconds are written as "timeout: ${value}"`,
    });
  }
  return Math.max(1, ms);
}

function readRetries(value: Json | undefined, node: SourceNode, path: SourcePath, reading: Reading): RetryPolicy | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    const retries = readCount(value, node, path, reading);
    return retries === undefined ? undefined : { retries, ...RETRY_SHAPE };
  }
  const retries = readCount(value.max ?? 0, node, [...path, 'max'], reading) ?? 0;
  const fixed = value.strategy === 'fixed';
  if (fixed && value.factor !== undefined) {
    report(reading, node, [...path, 'factor'], {
      code: 'KEY_UNKNOWN',
      part: 'key',
      message: '"factor" means nothing with the strategy "fixed"',
    });
  }
  return {
    retries,
    delayMs: readWait(value.delay, node, [...path, 'delay'], reading) ?? RETRY_SHAPE.delayMs,
    factor: fixed ? 1 : typeof value.factor === 'number' ? value.factor : RETRY_SHAPE.factor,
    maxDelayMs: readWait(value.max_delay, node, [...path, 'max_delay'], reading) ?? RETRY_SHAPE.maxDelayMs,
    jitter: typeof value.jitter === 'number' ? value.jitter : RETRY_SHAPE.jitter,
    on: RETRY_SHAPE.on,
  };
}

function readCount(value: Json, node: SourceNode, path: SourcePath, reading: Reading): RetryPolicy['retries'] | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.includes('{{')) return { template: value };
  if (typeof value === 'string' && /^\d{1,3}$/u.test(value)) return Number(value);
  report(reading, node, path, { code: 'VALUE_TYPE', message: `${label(path)} must be a whole number or a template` });
  return undefined;
}

/** Reads a duration that is known before the run, ms; undefined where there is none, or none that can be read. */
export function readWait(value: Json | undefined, node: SourceNode, path: SourcePath, reading: Reading): number | undefined {
  if (value === undefined) return undefined;
  const ms = durationMs(value, 's');
  if (ms === null) invalid(value, node, path, reading);
  return ms ?? undefined;
}

/** Reads a wait that may be a template; undefined where there is none, or none that can be read. */
export function readWaitOrTemplate(
  value: Json | undefined,
  node: SourceNode,
  path: SourcePath,
  reading: Reading,
): DurationSpec | undefined {
  if (typeof value === 'string' && value.includes('{{')) return { template: value, unit: 's' };
  return readWait(value, node, path, reading);
}

function invalid(value: Json, node: SourceNode, path: SourcePath, reading: Reading): void {
  const shown = typeof value === 'string' ? quoted(value) : String(value);
  const message = `${label(path)} is not a duration: ${shown}`;
  report(reading, node, path, {
    code: 'DURATION_INVALID',
    message,
    hint: 'write seconds as a number (1800) or a text such as "500ms", "30s", "30m", "1h30m", "1d"',
  });
}

function label(path: SourcePath): string {
  return quoted(path.join('.'));
}
