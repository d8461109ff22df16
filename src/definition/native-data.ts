import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { COMPENSATION_RETRY } from './compensating.ts';
import { type Entries, given, mapOf, namesOf, numberOf, textOf } from './native-entries.ts';
import type { NativePlace } from './native-place.ts';
import { readInputs } from './native-sources.ts';
import { readStore } from './native-store.ts';
import { checkTaskType } from './native-task-type.ts';
import { readDuration, readTiming, readWait } from './native-timing.ts';
import { readValueType } from './native-value-type.ts';
import { checkPersona } from './persona-check.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { offsetAt, type SourceNode, type SourcePath } from './source-node.ts';
import type { Compensation, StepData, StepNeeds } from './step-data.ts';

/** What a step says about data, and the steps that must have ended for its inputs. */
interface ReadData {
  readonly data: StepData;
  readonly dependencies: readonly string[];
}

/** Reads what the step `id` says about the data it takes and leaves and about its needs; `params` are those it is given beside its inputs. */
export function readData(id: string, entries: Entries, params: JsonObject, node: SourceNode, place: NativePlace): ReadData {
  const { reading } = place;
  const { inputs, dependencies } = readInputs(id, entries, params, node, place);
  const store = readStore(entries, node, reading);
  const reads = readNames(entries.reads, ['reads'], node, reading);
  const stored = (store ?? []).filter(({ to }) => to === 'shared').map(({ name }) => name);
  const writes = [...new Set([...(readNames(entries.writes, ['writes'], node, reading) ?? []), ...stored])];
  const onStale = entries.on_stale as StepData['onStale'];
  if (onStale !== undefined && reads === undefined && writes.length === 0) {
    const message = '"on_stale" is about keys that were read, and none is';
    report(reading, node, ['on_stale'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'say what it reads under "reads"' });
  }
  const data: StepData = given({
    inputs,
    store,
    outputSchema: entries.output === undefined ? undefined : readValueType(entries.output, node, ['output'], reading),
    reads,
    writes: writes.length === 0 ? undefined : writes,
    onStale,
    needs: isJsonObject(entries.requires) ? readNeeds(entries.requires, node, reading) : undefined,
    estimateMs: readWait(entries.estimate, node, ['estimate'], reading),
    compensate: isJsonObject(entries.compensate) ? readCompensation(entries.compensate, node, reading) : undefined,
  });
  return { data, dependencies };
}

/** Reads a list of names in which each stands once; undefined where there is none. */
export function readNames(value: Entries[string], path: SourcePath, node: SourceNode, reading: Reading): string[] | undefined {
  if (value === undefined) return undefined;
  const known = new Set<string>();
  for (const [index, name] of namesOf(value).entries()) {
    if (!known.has(name)) known.add(name);
    else report(reading, node, [...path, index], { code: 'KEY_DUPLICATE', message: `${quoted(name)} is already named` });
  }
  return [...known];
}

function readNeeds(entries: Entries, node: SourceNode, reading: Reading): StepNeeds {
  return given({
    memoryMb: numberOf(entries.memory_mb),
    cpu: numberOf(entries.cpu),
    io: numberOf(entries.io),
    tokens: numberOf(entries.tokens),
    capabilities: readNames(entries.capabilities, ['requires', 'capabilities'], node, reading),
    domains: readNames(entries.domains, ['requires', 'domains'], node, reading),
    locks: readLocks(entries.locks, node, reading),
    services: readNames(entries.services, ['requires', 'services'], node, reading),
    priority: entries.priority as StepNeeds['priority'],
    deadlineMs: readWait(entries.deadline, node, ['requires', 'deadline'], reading),
    agent: textOf(entries.agent),
  });
}

function readLocks(value: Entries[string], node: SourceNode, reading: Reading): StepNeeds['locks'] {
  if (isJsonObject(value)) return value as StepNeeds['locks'];
  const names = readNames(value, ['requires', 'locks'], node, reading);
  return names === undefined ? undefined : Object.fromEntries(names.map((name) => [name, 'exclusive']));
}

function readCompensation(entries: Entries, node: SourceNode, reading: Reading): Compensation {
  const persona = textOf(entries.persona);
  const type = textOf(entries.type) ?? 'persona-request';
  if (persona === undefined && entries.type === undefined) {
    const message = '"compensate" needs "persona" or "type": somebody must do it';
    report(reading, node, ['compensate'], { code: 'KEY_MISSING', message });
  }
  if (entries.type !== undefined) checkTaskType(type, node, ['compensate', 'type'], reading);
  if (persona !== undefined) checkPersona(persona, offsetAt(node, ['compensate', 'persona']), 'native', reading);
  const timeout = entries.timeout === undefined ? undefined : readDuration(entries.timeout, node, ['compensate', 'timeout'], reading);
  const { retry = COMPENSATION_RETRY } = readTiming({ retries: entries.retries }, node, ['compensate'], reading, {});
  return given({ type, persona, params: mapOf(entries.params), timeout, retry });
}
