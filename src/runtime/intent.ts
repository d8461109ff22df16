import { crc32 } from 'node:zlib';
import type { Effect, Intent } from '../protocol/effects.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Json } from '../protocol/json.ts';

const EMPTY = crc32('{}');

/** The journalled trace of an effect: kind, stable id, checksum of what it carries. */
export function intentOf(effect: Effect): Intent {
  switch (effect.type) {
    case 'task.start': {
      const { task } = effect;
      const { params, context } = task;
      const given = context === undefined ? params : { params, context: context.values };
      return [effect.type, attemptId(task.step, task.attempt), checksum(given as Json)];
    }
    case 'task.cancel':
      return [effect.type, attemptId(effect.step, effect.attempt), 0];
    case 'message.deliver':
      return [effect.type, `${attemptId(effect.step, effect.attempt)} ${effect.message.id}`, checksum({ body: effect.message.body })];
    case 'run.end':
      return [effect.type, effect.status, checksum(effect.outputs)];
  }
}

function checksum(value: Json): number {
  for (const _ in value as object) return crc32(JSON.stringify(value));
  return EMPTY;
}

/** True when a fold produced exactly the recorded intents. */
export function sameIntents(recorded: readonly Intent[], produced: readonly Intent[]): boolean {
  return (
    recorded.length === produced.length &&
    recorded.every((intent, i) => intent[0] === produced[i]?.[0] && intent[1] === produced[i]?.[1] && intent[2] === produced[i]?.[2])
  );
}
