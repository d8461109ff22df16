import type { Json } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, numberOf, textOf } from './native-entries.ts';
import { readWait } from './native-timing.ts';
import { checkPersona } from './persona-check.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { RECOVERY_PAUSE, type RecoveryStrategy, type RecoveryUse } from './recovery-settings.ts';
import { nodeAt, offsetAt, type SourceNode, type SourcePath } from './source-node.ts';

/** Keys that say something with one strategy only. */
const OWN_KEYS: Readonly<Record<string, RecoveryUse>> = {
  delay: 'retry_agent',
  factor: 'retry_agent',
  personas: 'substitute_agent',
  output: 'partial',
  from: 'restart',
  to: 'escalate',
  due: 'escalate',
};

/** Reads `recovery` of a step or a file; `isTask`: whether an agent does the step. Whether the steps it names exist is checked later. */
export function readRecovery(
  value: Json | undefined,
  isTask: boolean,
  node: SourceNode,
  reading: Reading,
): readonly RecoveryStrategy[] | undefined {
  if (value === undefined) return undefined;
  const isList = Array.isArray(value);
  return (isList ? value : [value]).flatMap((written, index) => {
    const at = isList ? ['recovery', index] : ['recovery'];
    const strategy = readStrategy(written, at, node, reading);
    if (strategy?.use !== 'substitute_agent' || isTask) return strategy ?? [];
    const message = 'a step that is made up of others has no agent that another one could take the place of';
    report(reading, node, at, { code: 'DECLARATION_CONFLICT', message, hint: 'say it of the steps inside' });
    return [];
  });
}

function readStrategy(written: Json, at: SourcePath, node: SourceNode, reading: Reading): RecoveryStrategy | null {
  const data: Entries = isJsonObject(written) ? written : { use: written };
  const use = data.use as RecoveryUse;
  for (const [key, owner] of Object.entries(OWN_KEYS)) {
    if (data[key] === undefined || owner === use) continue;
    const message = `${quoted(key)} says nothing with "use: ${use}"`;
    report(reading, node, [...at, key], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: `it belongs to ${owner}` });
  }
  const budget = numberOf(data.budget) ?? 1;
  switch (use) {
    case 'retry_agent': {
      const delayMs = readWait(data.delay, node, [...at, 'delay'], reading) ?? RECOVERY_PAUSE.delayMs;
      return { use, budget, delayMs, factor: numberOf(data.factor) ?? RECOVERY_PAUSE.factor };
    }
    case 'substitute_agent':
      return { use, budget, personas: readPersonas(data.personas, at, node, reading) };
    case 'fall_back_sequential':
      return { use, budget };
    case 'partial':
      return { use, budget, ...given({ output: data.output }) };
    case 'restart':
      return { use, budget, ...given({ from: textOf(data.from) }) };
    case 'escalate': {
      const dueMs = readWait(data.due, node, [...at, 'due'], reading);
      return { use, budget, ...given({ to: readNames(data.to, [...at, 'to'], node, reading), dueMs }) };
    }
  }
}

function readPersonas(value: Json | undefined, at: SourcePath, node: SourceNode, reading: Reading): readonly string[] {
  const personas = readNames(value, [...at, 'personas'], node, reading) ?? [];
  if (personas.length === 0) {
    const hint = 'write { use: substitute_agent, personas: [senior] }';
    report(reading, node, at, {
      code: 'KEY_MISSING',
      message: 'substitute_agent needs "personas": somebody must take the step over',
      hint,
    });
  }
  const isList = nodeAt(node, [...at, 'personas'])?.items !== undefined;
  for (const [index, persona] of personas.entries()) {
    checkPersona(persona, offsetAt(node, [...at, 'personas', ...(isList ? [index] : [])]), 'native', reading);
  }
  return personas;
}
