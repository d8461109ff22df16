import { isJsonObject } from '../protocol/json.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, textOf } from './native-entries.ts';
import { readWait } from './native-timing.ts';
import type { Oversight, OversightMode } from './oversight.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';

/** Reads how closely runs of a file are watched; undefined where it does not say. */
export function readOversight(written: Entries[string], root: SourceNode, reading: Reading): Oversight | undefined {
  if (written === undefined) return undefined;
  if (!isJsonObject(written)) return { mode: textOf(written) as OversightMode };
  const timeoutMs = readWait(written.timeout, root, ['oversight', 'timeout'], reading);
  if (written.on_timeout !== undefined && written.timeout === undefined) {
    const message = '"on_timeout" says nothing without a timeout';
    report(reading, root, ['oversight', 'on_timeout'], { code: 'DECLARATION_CONFLICT', part: 'key', message });
  }
  return {
    mode: (textOf(written.mode) ?? 'monitored') as OversightMode,
    ...given({
      assignees: readNames(written.assignee, ['oversight', 'assignee'], root, reading),
      role: textOf(written.role),
      timeoutMs,
      onTimeout: textOf(written.on_timeout) as Oversight['onTimeout'],
    }),
  };
}
