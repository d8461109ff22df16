import { isJsonObject, type Json } from '../protocol/json.ts';
import { oversightProblems } from './approval-check.ts';
import { USUAL_REMINDERS } from './approval-terms.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, mapOf, numberOf, textOf } from './native-entries.ts';
import { readWait } from './native-timing.ts';
import type { Oversight, OversightMode } from './oversight.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';

/** Reads how closely runs of a file are watched; undefined where it does not say. */
export function readOversight(written: Entries[string], root: SourceNode, reading: Reading): Oversight | undefined {
  if (written === undefined) return undefined;
  if (!isJsonObject(written)) return { mode: textOf(written) as OversightMode };
  const at = (key: string) => ['oversight', key];
  const oversight: Oversight = {
    mode: (textOf(written.mode) ?? 'monitored') as OversightMode,
    ...given({
      assignees: readNames(written.assignee, at('assignee'), root, reading),
      role: textOf(written.role),
      dueMs: readWait(written.due, root, at('due'), reading),
      remind: readReminders(written.remind, root, reading),
      escalate: readLinks(written.escalate, root, reading),
      quorum: numberOf(written.quorum),
      delegate: typeof written.delegate === 'boolean' ? written.delegate : undefined,
      timeoutMs: readWait(written.timeout, root, at('timeout'), reading),
      onTimeout: textOf(written.on_timeout) as Oversight['onTimeout'],
    }),
  };
  for (const { at: path, ...problem } of oversightProblems(oversight, (key) => written[key] !== undefined)) {
    report(reading, root, ['oversight', ...path], problem);
  }
  return oversight;
}

function readReminders(written: Json | undefined, root: SourceNode, reading: Reading): Oversight['remind'] {
  if (written === undefined) return undefined;
  const { every, times } = isJsonObject(written) ? written : { every: written, times: undefined };
  const path = isJsonObject(written) ? ['oversight', 'remind', 'every'] : ['oversight', 'remind'];
  const everyMs = readWait(every, root, path, reading);
  if (everyMs === undefined) return undefined;
  if (everyMs > 0) return { everyMs, times: numberOf(times) ?? USUAL_REMINDERS };
  report(reading, root, path, { code: 'VALUE_RANGE', message: 'reminders must be more than 0 apart' });
  return undefined;
}

function readLinks(written: Json | undefined, root: SourceNode, reading: Reading): Oversight['escalate'] {
  if (!Array.isArray(written)) return undefined;
  return written.flatMap((link: Json, index) => {
    const { to, after } = mapOf(link);
    const afterMs = readWait(after, root, ['oversight', 'escalate', index, 'after'], reading);
    return afterMs === undefined || textOf(to) === undefined ? [] : [{ to: textOf(to) ?? '', afterMs }];
  });
}
