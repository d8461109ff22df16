import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { type DurationSpec, RETRY_SHAPE, type RetryPolicy } from './attempt-timing.ts';
import { durationMs } from './duration.ts';

/** A step's timeout where neither the step nor its file says anything: the dialect's own default. */
const ENGINE_DEFAULT_TIMEOUT_MS = 300_000;

/** A timeout of the engine dialect and the path in the file it comes from, if it comes from there. */
export interface EngineTimeout {
  readonly timeout: DurationSpec;
  readonly from: readonly string[];
}

/**
 * The timeout of one attempt, in the order in which the dialect looks it up: the step's own `config.timeout` (or `timeout`), which is per
 * attempt; `timeouts['<step>_timeout']`; `timeouts['<type in lower case>_step']`; `timeouts.default_step`; 300,000 ms. All in milliseconds.
 */
export function engineTimeout(step: JsonObject, timeouts: JsonObject): EngineTimeout {
  const config = isJsonObject(step.config) ? step.config : {};
  const places: readonly (readonly [value: Json | undefined, from: readonly string[]])[] = [
    [config.timeout, ['config', 'timeout']],
    [step.timeout, ['timeout']],
    ...[`${step.name}_timeout`, `${String(step.type).toLowerCase()}_step`, 'default_step'].map(
      (key) => [timeouts[key], ['timeouts', key]] as const,
    ),
  ];
  for (const [value, from] of places) {
    if (typeof value === 'string' && value.includes('${')) return { timeout: { template: value, unit: 'ms' }, from };
    const ms = durationMs(value ?? null, 'ms');
    if (ms !== null && ms > 0) return { timeout: ms, from };
  }
  return { timeout: ENGINE_DEFAULT_TIMEOUT_MS, from: [] };
}

/**
 * `maxRetries` of a step's config repeats attempts that timed out, and only these; a `retry` block
 * (`{count, delay_ms, backoff_multiplier}`) repeats every failed attempt. Undefined where neither is given.
 */
export function engineRetry(step: JsonObject): RetryPolicy | undefined {
  const config = isJsonObject(step.config) ? step.config : {};
  const block = [step.retry, config.retry].find(isJsonObject);
  const retries = countOf(block === undefined ? config.maxRetries : block.count);
  if (retries === undefined) return undefined;
  if (block === undefined) return { retries, ...RETRY_SHAPE, on: 'timeout' };
  return {
    retries,
    ...RETRY_SHAPE,
    delayMs: durationMs(block.delay_ms ?? null, 'ms') ?? RETRY_SHAPE.delayMs,
    factor: typeof block.backoff_multiplier === 'number' && block.backoff_multiplier >= 1 ? block.backoff_multiplier : RETRY_SHAPE.factor,
  };
}

function countOf(value: Json | undefined): RetryPolicy['retries'] | undefined {
  if (typeof value === 'string' && value.includes('${')) return { template: value };
  const count = typeof value === 'string' && /^\d{1,3}$/u.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? Math.min(count, 1000) : undefined;
}
