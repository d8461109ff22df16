import { isJsonObject } from '../protocol/json.ts';
import { type Entries, given, numberOf } from './native-entries.ts';
import type { WorkflowLimits } from './workflow-limits.ts';

/** Reads what a file, or a step with members, says under `limits`; undefined where it says nothing. */
export function readLimits(written: Entries[string]): WorkflowLimits | undefined {
  if (!isJsonObject(written)) return undefined;
  return given({
    memoryMb: numberOf(written.memory_mb),
    cpu: numberOf(written.cpu),
    io: numberOf(written.io),
    concurrency: numberOf(written.concurrency),
    tokensPerMinute: numberOf(written.tokens_per_minute),
    capabilities: isJsonObject(written.capabilities) ? (written.capabilities as Readonly<Record<string, number>>) : undefined,
  });
}
