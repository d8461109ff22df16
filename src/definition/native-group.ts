import type { WaitFor } from './joining.ts';
import { readConflicts } from './native-conflicts.ts';
import { type Entries, given, numberOf, textOf } from './native-entries.ts';
import { readLimits } from './native-limits.ts';
import { readDuration } from './native-timing.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import type { GroupStep } from './workflow.ts';

type Joining = Pick<GroupStep, 'waitFor' | 'quorum' | 'deadline' | 'onFailure' | 'maxConcurrent' | 'conflicts' | 'limits'>;

/** Reads when a group of `size` members is joined, and what becomes of it otherwise. */
export function readJoining(data: Entries, size: number, node: SourceNode, reading: Reading): Joining {
  const waitFor = (data.wait_for ?? 'all') as WaitFor;
  const quorum = numberOf(data.quorum);
  const onFailure = data.on_failure as GroupStep['onFailure'];
  const conflict = (key: string, message: string, hint: string) =>
    report(reading, node, [key], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
  for (const [key, partners] of PARTNERS) checkPartner(key, partners, data, node, reading);
  if (quorum !== undefined && size > 0 && quorum > size) {
    const message = `${quorum} members must complete, and the group has ${size}`;
    report(reading, node, ['quorum'], { code: 'QUORUM_IMPOSSIBLE', message });
  }
  if (onFailure === 'fall_back_sequential') {
    const hint = 'use "settle", "fail_fast" or "compensate"';
    if (data.type === 'sequence')
      conflict('on_failure', 'a sequence has nothing to fall back to: its members run one after the other', hint);
    if (waitFor === 'any')
      conflict('on_failure', 'with "wait_for: any" every member has failed by then: their order has nothing to mend', hint);
    if (waitFor === 'deadline') conflict('on_failure', 'with "wait_for: deadline" the time is over by then', hint);
  }
  return given({
    waitFor,
    quorum,
    deadline: data.deadline === undefined ? undefined : readDuration(data.deadline, node, ['deadline'], reading),
    onFailure,
    maxConcurrent: numberOf(data.max_concurrent),
    conflicts: readConflicts(data.conflicts, node, reading),
    limits: readLimits(data.limits),
  });
}

/** Keys that say something only with some ways of waiting; the way of its own name needs a key. */
const PARTNERS: readonly (readonly [key: string, partners: readonly string[]])[] = [
  ['quorum', ['quorum', 'deadline']],
  ['deadline', ['deadline']],
];

function checkPartner(key: string, partners: readonly string[], data: Entries, node: SourceNode, reading: Reading): void {
  const waitFor = textOf(data.wait_for) ?? 'all';
  const isBroken = (name: string) => data[name] === undefined && node.entries?.has(name) === true;
  // a value that is there and wrong was reported as that
  if (isBroken('wait_for') || isBroken(key)) return;
  if (data[key] === undefined && waitFor === key) {
    report(reading, node, ['wait_for'], { code: 'KEY_MISSING', message: `"wait_for: ${key}" needs "${key}"` });
  }
  if (data[key] === undefined || partners.includes(waitFor)) return;
  const hint = `say "wait_for: ${key}", or leave it out`;
  const message = `"${key}" says nothing with "wait_for: ${waitFor}"${data.wait_for === undefined ? ', the default' : ''}`;
  report(reading, node, [key], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
}
