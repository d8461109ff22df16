import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { meantKey } from './meant-key.ts';
import { readData } from './native-data.ts';
import { type Entries, given, mapOf, textOf } from './native-entries.ts';
import { readSendingBack } from './native-phase.ts';
import type { NativeBase, NativePlace } from './native-place.ts';
import { readRecovery } from './native-recovery.ts';
import { CUSTOM_STEP_FORM } from './native-schema.ts';
import { readTiming } from './native-timing.ts';
import { checkPersona } from './persona-check.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { offsetAt, type SourceNode } from './source-node.ts';
import type { TaskStep } from './workflow.ts';

/** Reads a task. Beside what it names, it depends on the steps that its inputs come from. */
export function readTask(base: NativeBase, data: Entries, node: SourceNode, place: NativePlace): TaskStep {
  const { reading, inherited } = place;
  const persona = textOf(data.persona);
  if (persona !== undefined) checkPersona(persona, offsetAt(node, ['persona']), 'native', reading);
  const params = { ...looseParams(base.type, data, node, reading), ...mapOf(data.params) };
  const taken = readData(base.id, data, params, node, place);
  return {
    ...base,
    dependencies: [...new Set([...base.dependencies, ...taken.dependencies])],
    kind: 'task',
    ...given({ persona }),
    params,
    ...readTiming(data, node, [], reading, inherited),
    ...given({ recovery: readRecovery(data.recovery, true, node, reading) ?? inherited.recovery }),
    ...given({ feedback: readSendingBack(data, node, place) }),
    ...given({ criticality: data.criticality as TaskStep['criticality'] }),
    ...given({ onAmbiguous: data.on_ambiguous as TaskStep['onAmbiguous'] }),
    ...taken.data,
  };
}

/** git-operation and registered types take further keys of the step as parameters; what looks like a misspelt key is refused. */
function looseParams(type: string, data: Entries, node: SourceNode, reading: Reading): JsonObject {
  if (type === 'persona-request') return {};
  const common = Object.keys(CUSTOM_STEP_FORM.shape);
  const params: Record<string, Json> = {};
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined || common.includes(key)) continue;
    const closest = meantKey(key, common);
    if (closest === null || isOrdinary(closest, value)) params[key] = value;
    else {
      const hint = `did you mean "${closest}"? A parameter of this name stands under "params"`;
      report(reading, node, [key], { code: 'KEY_UNKNOWN', part: 'key', message: `unknown key ${quoted(key)}`, hint });
    }
  }
  return params;
}

/** `input: "some text"` is what many types of steps are given; `inputs` is always a map. */
function isOrdinary(closest: string, value: Json): boolean {
  return closest === 'inputs' && !isJsonObject(value);
}
