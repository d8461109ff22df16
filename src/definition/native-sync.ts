import type { SyncKind } from './joining.ts';
import { readNames } from './native-data.ts';
import { conditionOf, type Entries, given, namesOf, numberOf } from './native-entries.ts';
import { readTimeout } from './native-timing.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import type { Step, SyncStep } from './workflow.ts';

/** Keys that belong to one kind of sync point, which needs them. */
const OWN_KEYS: Readonly<Record<string, SyncKind>> = { threshold: 'progress_checkpoint', check: 'quality_gate' };

/** Reads a sync point. It depends on its members. */
export function readSync(base: Omit<SyncStep, 'kind' | 'sync' | 'members'>, data: Entries, node: SourceNode, reading: Reading): Step {
  const sync = (data.sync ?? 'barrier') as SyncKind;
  const isKnown = data.sync !== undefined || node.entries?.has('sync') !== true;
  for (const [key, kind] of isKnown ? Object.entries(OWN_KEYS) : []) {
    const message = `"${key}" belongs to "sync: ${kind}", and this one is a ${sync}`;
    if (data[key] !== undefined && sync !== kind) report(reading, node, [key], { code: 'DECLARATION_CONFLICT', part: 'key', message });
    if (node.entries?.has(key) === true || sync !== kind) continue;
    report(reading, node, ['sync'], { code: 'KEY_MISSING', message: `a ${kind} needs "${key}"` });
  }
  if (data.members === undefined && node.entries?.has('members') !== true && isKnown && sync !== 'checkpoint') {
    report(reading, node, [], { code: 'KEY_MISSING', message: `a ${sync} needs "members"`, hint: 'name the steps that meet here' });
  }
  const members = readNames(namesOf(data.members), ['members'], node, reading) ?? [];
  return {
    ...base,
    dependencies: [...new Set([...members, ...base.dependencies])],
    kind: 'sync',
    sync,
    members,
    ...given({ threshold: numberOf(data.threshold), check: conditionOf(data.check), timeout: readTimeout(data, node, [], reading) }),
  };
}
