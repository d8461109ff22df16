import type { Json } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { ConflictRung, ConflictSettings } from './joining.ts';
import { readNames } from './native-data.ts';
import { given, textOf } from './native-entries.ts';
import { checkTaskType } from './native-task-type.ts';
import { readDuration } from './native-timing.ts';
import { checkPersona } from './persona-check.ts';
import { type Reading, report } from './reading.ts';
import { offsetAt, type SourceNode } from './source-node.ts';

/** Reads `conflicts` of a group or a file. */
export function readConflicts(value: Json | undefined, node: SourceNode, reading: Reading): ConflictSettings | undefined {
  if (!isJsonObject(value)) return undefined;
  const persona = textOf(value.persona);
  const type = textOf(value.type);
  const isGuided = persona !== undefined || type !== undefined;
  const written = readNames(value.ladder, ['conflicts', 'ladder'], node, reading) as ConflictRung[] | undefined;
  const ladder: ConflictRung[] = written ?? ['automatic', ...(isGuided ? (['guided'] as const) : []), 'rerun', 'sequential', 'person'];
  if (ladder.includes('guided') && !isGuided) {
    const message = 'the ladder has "guided", and nobody is named who merges';
    const at = ['conflicts', 'ladder', ladder.indexOf('guided')];
    report(reading, node, at, { code: 'DECLARATION_CONFLICT', message, hint: 'name a "persona" or a "type", or leave "guided" out' });
  }
  if (value.guidance !== undefined && !ladder.includes('guided')) {
    const message = '"guidance" is for whoever merges, and nobody does: the ladder has no "guided"';
    const hint = isGuided
      ? 'put "guided" into the ladder, or leave "guidance" out'
      : 'name a "persona" or a "type" who merges, or leave it out';
    report(reading, node, ['conflicts', 'guidance'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
  }
  if (persona !== undefined) checkPersona(persona, offsetAt(node, ['conflicts', 'persona']), 'native', reading);
  if (type !== undefined) checkTaskType(type, node, ['conflicts', 'type'], reading);
  const timeout = value.timeout === undefined ? undefined : readDuration(value.timeout, node, ['conflicts', 'timeout'], reading);
  return given({ ladder, persona, type, guidance: textOf(value.guidance), timeout });
}
